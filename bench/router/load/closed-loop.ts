import { nowMicros } from "../clock.ts";
import { Samples } from "../samples.ts";
import { type Driver, ErrorCounts, RECONNECT_MS } from "./driver.ts";
import { HttpConnection } from "./http-connection.ts";
import { type LoadPlan, requestText } from "./load-plan.ts";

/** So many connections, each of which asks again as soon as it has its answer. */
export function closedLoop(plan: LoadPlan, connectionCount: number): Driver {
  const request = requestText(plan.address, plan.upstream, false);
  const latencies = new Samples();
  const errors = new ErrorCounts();
  const connections = new Set<HttpConnection>();
  let isMeasured = false;
  let isStopped = false;
  let answersInAll = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NaN;
  const open = () => {
    if (isStopped) return;
    const connection = new HttpConnection(plan.address.port);
    connections.add(connection);
    ask(connection);
  };
  const reopen = (connection: HttpConnection) => {
    connections.delete(connection);
    connection.destroy();
    setTimeout(open, RECONNECT_MS);
  };
  const ask = (connection: HttpConnection) => {
    const startMicros = nowMicros();
    let status = 0;
    connection.send(request, {
      head: (code) => {
        status = code;
      },
      body: () => {},
      end: () => {
        if (status !== 200) errors.add(`status ${status}`);
        else {
          answersInAll += 1;
          last = nowMicros();
          if (isMeasured) latencies.push((last - startMicros) / 1000);
          first = Math.min(first, last);
        }
        if (isStopped) return;
        if (connection.isOpen) ask(connection);
        else reopen(connection);
      },
      fail: (reason) => {
        errors.add(reason);
        reopen(connection);
      },
    });
  };
  for (let index = 0; index < connectionCount; index += 1) open();
  return {
    begin: () => {
      isMeasured = true;
    },
    end: () => {
      isMeasured = false;
    },
    stop: () => {
      isStopped = true;
      for (const connection of connections) connection.destroy();
    },
    figures: () => {
      const [p50 = Number.NaN, p99 = Number.NaN] = latencies.percentiles(0.5, 0.99);
      return {
        answers: latencies.count,
        answersInAll,
        latency: { p50, p99 },
        answeredMicros: { first, last },
        errors: errors.counts,
      };
    },
  };
}
