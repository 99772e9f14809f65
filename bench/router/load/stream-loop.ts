import { nowMicros } from "../clock.ts";
import { Samples } from "../samples.ts";
import { type Driver, ErrorCounts, RECONNECT_MS } from "./driver.ts";
import { HttpConnection } from "./http-connection.ts";
import { type LoadPlan, requestText } from "./load-plan.ts";
import { TokenScanner } from "./token-scanner.ts";

/** What all streams of a run write into. */
interface Totals {
  isMeasured: boolean;
  isStopped: boolean;
  measuredFromMicros: number;
  tokens: number;
  answers: number;
  answersInAll: number;
  readonly firstToken: Samples;
  readonly transit: Samples;
  readonly gaps: Samples;
  readonly errors: ErrorCounts;
}

/** One place for a stream: when it has ended, the next one begins on the same connection. */
class StreamPlace {
  #plan: LoadPlan;
  #request: string;
  #totals: Totals;
  #connection: HttpConnection | undefined;
  #scanner = new TokenScanner();
  #startMicros = 0;
  #readMicros = 0;
  #lastTokenMicros = 0;
  #tokens = 0;
  #status = 0;
  #tail = "";

  constructor(plan: LoadPlan, request: string, totals: Totals) {
    this.#plan = plan;
    this.#request = request;
    this.#totals = totals;
  }

  /** Asks for a stream, over the connection of the one before when that is still open. */
  begin(): void {
    if (this.#totals.isStopped) return;
    if (this.#connection?.isOpen !== true) this.#connection = new HttpConnection(this.#plan.address.port);
    this.#scanner = new TokenScanner();
    this.#tokens = 0;
    this.#tail = "";
    this.#lastTokenMicros = 0;
    this.#startMicros = nowMicros();
    this.#connection.send(this.#request, this);
  }

  stop(): void {
    this.#connection?.destroy();
  }

  head(status: number): void {
    this.#status = status;
  }

  body(buffer: Buffer, start: number, end: number): void {
    this.#readMicros = nowMicros();
    this.#scanner.scan(buffer, start, end, this.#onToken);
    // Only the end of a stream is read as text.
    if (this.#tokens === this.#plan.upstream.tokens) this.#tail += buffer.toString("latin1", start, end);
  }

  end(): void {
    const { errors } = this.#totals;
    if (this.#status !== 200) errors.add(`status ${this.#status}`);
    else if (this.#tokens < this.#plan.upstream.tokens) errors.add("a stream that ended early");
    else if (!this.#tail.includes("data: [DONE]")) errors.add("a stream without [DONE]");
    else {
      this.#totals.answersInAll += 1;
      if (this.#totals.isMeasured) this.#totals.answers += 1;
      this.begin();
      return;
    }
    setTimeout(() => this.begin(), RECONNECT_MS);
  }

  fail(reason: string): void {
    this.#totals.errors.add(reason);
    setTimeout(() => this.begin(), RECONNECT_MS);
  }

  #onToken = (writtenMicros: number): void => {
    const totals = this.#totals;
    const readMicros = this.#readMicros;
    this.#tokens += 1;
    if (totals.isMeasured) {
      totals.tokens += 1;
      totals.transit.push((readMicros - writtenMicros) / 1000);
      if (this.#lastTokenMicros >= totals.measuredFromMicros) {
        totals.gaps.push((readMicros - this.#lastTokenMicros) / 1000);
      }
      if (this.#tokens === 1 && this.#startMicros >= totals.measuredFromMicros) {
        totals.firstToken.push((readMicros - this.#startMicros) / 1000);
      }
    }
    this.#lastTokenMicros = readMicros;
  };
}

/** So many streams at once, begun evenly over the ramp; each begins anew when it ends. */
export function streamLoop(plan: LoadPlan, streams: number, rampMs: number): Driver {
  const request = requestText(plan.address, plan.upstream, true);
  const totals: Totals = {
    isMeasured: false,
    isStopped: false,
    measuredFromMicros: Number.POSITIVE_INFINITY,
    tokens: 0,
    answers: 0,
    answersInAll: 0,
    firstToken: new Samples(),
    transit: new Samples(),
    gaps: new Samples(),
    errors: new ErrorCounts(),
  };
  const places = Array.from({ length: streams }, () => new StreamPlace(plan, request, totals));
  const startMs = performance.now();
  let begun = 0;
  const ramp = setInterval(() => {
    const wanted = Math.min(streams, Math.ceil(((performance.now() - startMs) / rampMs) * streams));
    for (; begun < wanted; begun += 1) places[begun]?.begin();
    if (begun === streams) clearInterval(ramp);
  }, 5);
  return {
    begin: () => {
      totals.isMeasured = true;
      totals.measuredFromMicros = nowMicros();
    },
    end: () => {
      totals.isMeasured = false;
    },
    stop: () => {
      totals.isStopped = true;
      clearInterval(ramp);
      for (const place of places) place.stop();
    },
    figures: () => {
      const [first50 = Number.NaN, first99 = Number.NaN] = totals.firstToken.percentiles(0.5, 0.99);
      const [transit50 = Number.NaN, transit99 = Number.NaN] = totals.transit.percentiles(0.5, 0.99);
      return {
        answers: totals.answers,
        answersInAll: totals.answersInAll,
        tokens: totals.tokens,
        firstToken: { p50: first50, p99: first99 },
        transit: { p50: transit50, p99: transit99 },
        gapDeviation: totals.gaps.deviation(),
        errors: totals.errors.counts,
      };
    },
  };
}
