/** Main of a soak client process: mixed work over a few connections; everything it reads is checked. */
import { openSync, writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { chooseOperation, type SoakContext } from "./soak-operations.ts";
import {
  connect,
  isConnectionError,
  type SoakClientArguments,
  type SoakClientReport,
  seededRandom,
} from "./soak-shared.ts";

const RETRY_MS = 20;

const settings = JSON.parse(process.argv[2] ?? "{}") as SoakClientArguments;
const sql = connect(settings.socketPath, settings.connections);
const journal = openSync(settings.journalPath, "a");
const acknowledgedKeys: string[] = [];
const report: SoakClientReport = {
  type: "report",
  operations: {},
  expectedErrors: 0,
  unknownOutcomes: 0,
  wrong: [],
};
let nextNumber = 0;
let remaining = settings.operations;

async function work(connectionIndex: number): Promise<void> {
  const random = seededRandom(settings.seed + connectionIndex);
  const context: SoakContext = {
    sql,
    socketPath: settings.socketPath,
    clientId: settings.clientId,
    random,
    nextKey: (kind) => `${kind}-${settings.clientId}-${nextNumber++}`,
    acknowledged: (key) => {
      // Written at once: what this process was told must count even if it is killed the next moment.
      writeSync(journal, `${key}\n`);
      acknowledgedKeys.push(key);
    },
    earlierKey: () => {
      const rows = acknowledgedKeys.filter((key) => !key.startsWith("transfer"));
      return rows[Math.floor(random() * rows.length)];
    },
    wrong: (description) => report.wrong.push(description),
    expectedError: () => {
      report.expectedErrors += 1;
    },
  };
  while (remaining > 0) {
    remaining -= 1;
    const { name, operation } = chooseOperation(random);
    report.operations[name] = (report.operations[name] ?? 0) + 1;
    try {
      await operation(context);
    } catch (error) {
      if (isConnectionError(error)) {
        report.unknownOutcomes += 1;
        await wait(RETRY_MS);
      } else report.wrong.push(`${name}: ${error}`);
    }
    if (remaining % 25 === 0) process.send?.({ type: "progress", remaining });
  }
}

await Promise.all(Array.from({ length: settings.connections }, (_, index) => work(index)));
await sql.end({ timeout: 5 });
process.send?.(report, () => process.disconnect());
