/** Main of a soak client that opens a transaction, reports so, and waits inside it to be killed. */
import { connect } from "./soak-shared.ts";

const [, , socketPath = "", key = ""] = process.argv;

await connect(socketPath, 1).begin(async (tx) => {
  await tx`select set_config('role', 'soak_tenant', true), set_config('app.org', 'victim', true)`;
  await tx`insert into soak_row values (${key}, 'victim', 'x')`;
  process.send?.({ type: "in-transaction" });
  await new Promise(() => {
    setInterval(() => {}, 60_000);
  });
});
