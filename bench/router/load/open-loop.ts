import { nowMicros } from "../clock.ts";
import { Samples } from "../samples.ts";
import { type Driver, ErrorCounts } from "./driver.ts";
import { HttpConnection } from "./http-connection.ts";
import { type LoadPlan, requestText } from "./load-plan.ts";

/** Steps of the golden ratio spread evenly: timers of whole milliseconds here and there never fall into step. */
const GOLDEN = 0.618_033_988_75;

/**
 * Requests at a constant rate, whether or not those before are answered; latency counts from the moment a request was
 * due, so a stall is paid for by everybody who would have asked in it.
 */
export function openLoop(plan: LoadPlan, perSecond: number): Driver {
  const request = requestText(plan.address, plan.upstream, false);
  const latencies = new Samples();
  const errors = new ErrorCounts();
  const idle: HttpConnection[] = [];
  const connections = new Set<HttpConnection>();
  const startMs = performance.now();
  const startMicros = nowMicros();
  let measuredFromMicros = Number.POSITIVE_INFINITY;
  let measuredToMicros = Number.POSITIVE_INFINITY;
  let answersInAll = 0;
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  const dueMs = () => (next * 1000) / perSecond + ((next * GOLDEN) % 1);

  const take = (): HttpConnection => {
    // The one that waited longest: no connection grows old unused and is closed by the other side.
    for (let found = idle.shift(); found !== undefined; found = idle.shift()) if (found.isOpen) return found;
    const made = new HttpConnection(plan.address.port, () => idle.push(made));
    connections.add(made);
    return made;
  };
  const ask = (dueMicros: number) => {
    let status = 0;
    take().send(request, {
      head: (code) => {
        status = code;
      },
      body: () => {},
      end: () => {
        if (status !== 200) errors.add(`status ${status}`);
        else {
          answersInAll += 1;
          const isMeasured = dueMicros >= measuredFromMicros && dueMicros < measuredToMicros;
          if (isMeasured) latencies.push((nowMicros() - dueMicros) / 1000);
        }
      },
      fail: (reason) => errors.add(reason),
    });
  };
  const turn = () => {
    while (dueMs() <= performance.now() - startMs) {
      ask(startMicros + dueMs() * 1000);
      next += 1;
    }
    timer = setTimeout(turn, Math.max(0, dueMs() - (performance.now() - startMs)));
  };
  turn();
  return {
    begin: () => {
      measuredFromMicros = nowMicros();
    },
    end: () => {
      measuredToMicros = nowMicros();
    },
    stop: () => {
      clearTimeout(timer);
      for (const connection of connections) connection.destroy();
    },
    figures: () => {
      const [p50 = Number.NaN, p99 = Number.NaN] = latencies.percentiles(0.5, 0.99);
      return { answers: latencies.count, answersInAll, latency: { p50, p99 }, errors: errors.counts };
    },
  };
}
