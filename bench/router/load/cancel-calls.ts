import { setTimeout as wait } from "node:timers/promises";
import { nowMicros } from "../clock.ts";
import { HttpConnection } from "./http-connection.ts";
import { type Address, requestText, type UpstreamPlan } from "./load-plan.ts";
import { TokenScanner } from "./token-scanner.ts";

/** Calls that are given up. */
export interface CancelPlan {
  readonly address: Address;
  readonly isStream: boolean;
  readonly upstream: UpstreamPlan;
  readonly calls: number;
  /** The first call's key at the upstream; the others follow. */
  readonly firstKey: number;
  /** Leave after so many tokens; without it, after so many milliseconds. */
  readonly afterTokens?: number;
  readonly afterMs?: number;
}

/** What became of them. */
export interface CancelTimes {
  /** By key: when the connection was closed, microseconds of the machine's monotonic clock. */
  readonly leftAt: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}

const BETWEEN_CALLS_MS = 25;
const LONGEST_CALL_MS = 5_000;

/** Begins calls one after the other and closes the connection of each in its middle. */
export async function cancelCalls(plan: CancelPlan): Promise<CancelTimes> {
  const leftAt: Record<string, number> = {};
  const errors: string[] = [];
  const calls: Promise<void>[] = [];
  for (let index = 0; index < plan.calls; index += 1) {
    const key = plan.firstKey + index;
    const call = callAndLeave(plan, key).then(
      (micros) => {
        leftAt[key] = micros;
      },
      (error: Error) => {
        errors.push(error.message);
      },
    );
    calls.push(call);
    await wait(BETWEEN_CALLS_MS);
  }
  await Promise.all(calls);
  return { leftAt, errors };
}

function callAndLeave(plan: CancelPlan, key: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const connection = new HttpConnection(plan.address.port);
    const scanner = new TokenScanner();
    let tokens = 0;
    const leave = () => {
      clearTimeout(timer);
      const leftMicros = nowMicros();
      connection.destroy();
      resolve(leftMicros);
    };
    const timer =
      plan.afterMs === undefined
        ? setTimeout(() => reject(new Error("the tokens never came")), LONGEST_CALL_MS)
        : setTimeout(leave, plan.afterMs);
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(reason));
    };
    connection.send(requestText(plan.address, { ...plan.upstream, key }, plan.isStream), {
      head: (status) => {
        if (status !== 200) fail(`status ${status}`);
      },
      body: (buffer, start, end) => {
        tokens += scanner.scan(buffer, start, end, () => {});
        if (plan.afterTokens !== undefined && tokens >= plan.afterTokens) leave();
      },
      end: () => fail("it ended before anybody left"),
      fail,
    });
  });
}
