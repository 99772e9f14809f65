import { setTimeout as wait } from "node:timers/promises";
import { ErrorCounts, RECONNECT_MS } from "./driver.ts";
import { HttpConnection } from "./http-connection.ts";
import { type LoadPlan, requestText } from "./load-plan.ts";

/** Makes calls one after the other until so many were answered, or as many failed; the failures are counted. */
export async function callInTurn(
  { address }: LoadPlan,
  count: number,
): Promise<{ readonly answers: number; readonly errors: Readonly<Record<string, number>> }> {
  const errors = new ErrorCounts();
  const request = requestText(address, { firstMs: 0, intervalMs: 0, tokens: 1 }, false);
  let answers = 0;
  for (let failures = 0; answers < count && failures < count; ) {
    const problem = await call(address.port, request);
    if (problem === undefined) {
      answers += 1;
      continue;
    }
    failures += 1;
    errors.add(`${problem} among the first calls`);
    await wait(RECONNECT_MS);
  }
  return { answers, errors: errors.counts };
}

/** Returns what went wrong. */
function call(port: number, request: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const connection = new HttpConnection(port);
    const done = (problem: string | undefined) => {
      connection.destroy();
      resolve(problem);
    };
    let status = 0;
    connection.send(request, {
      head: (code) => {
        status = code;
      },
      body: () => {},
      end: () => done(status === 200 ? undefined : `status ${status}`),
      fail: done,
    });
  });
}
