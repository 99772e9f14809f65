/**
 * Long soak of the embedded database: many clients in several processes, killed clients, killed database.
 * Prints a JSON summary; exits 1 when any result was wrong.
 *
 * node scripts/soak-database.ts --operations 10000 --processes 4 --connections 4 --client-kills 5 --database-kills 3
 */
import { parseArgs } from "node:util";
import { isSound, runSoak } from "../lib/platform/embedded-database/soak/run-soak.ts";

const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "10000" },
    processes: { type: "string", default: "4" },
    connections: { type: "string", default: "4" },
    "client-kills": { type: "string", default: "5" },
    "database-kills": { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

function count(
  name: "operations" | "processes" | "connections" | "client-kills" | "database-kills" | "seed",
): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} takes a whole number`);
  return value;
}

if (values.help) {
  console.log(
    "usage: node scripts/soak-database.ts [--operations N] [--processes N] [--connections N]\n" +
      "         [--client-kills N] [--database-kills N] [--seed N]",
  );
} else {
  const summary = await runSoak({
    operations: count("operations"),
    processes: count("processes"),
    connectionsPerProcess: count("connections"),
    clientKills: count("client-kills"),
    databaseKills: count("database-kills"),
    seed: count("seed"),
  });
  console.log(JSON.stringify({ ...summary, sound: isSound(summary) }, null, 2));
  process.exitCode = isSound(summary) ? 0 : 1;
}
