/**
 * Long soak of the whole program: its processes are killed while they answer and index.
 * Prints a JSON summary; exits 1 when a character, an answer or a document was lost.
 *
 * node scripts/soak-program.ts --web-kills 3 --database-kills 3 --worker-kills 3 --sentences 40000
 *
 * The pages must be built: `npm start` once.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { killWhileAnswering, killWhileIngesting, type Round, readAnswers } from "./soak/kill-rounds.ts";
import { RunningProgram } from "./soak/running-program.ts";

const { values } = parseArgs({
  options: {
    "web-kills": { type: "string", default: "3" },
    "database-kills": { type: "string", default: "3" },
    "worker-kills": { type: "string", default: "3" },
    sentences: { type: "string", default: "40000" },
    help: { type: "boolean", default: false },
  },
});

function count(name: "web-kills" | "database-kills" | "worker-kills" | "sentences"): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} takes a whole number`);
  return value;
}

async function runRounds(program: RunningProgram): Promise<{ rounds: Round[]; faults: string[] }> {
  const rounds: Round[] = [];
  const before = new Map<string, string>();
  const note = async (round: Promise<Round>) => {
    rounds.push(await round);
    for (const [id, text] of await readAnswers(program)) if (!before.has(id)) before.set(id, text);
  };
  await program.start();
  for (let kill = 0; kill < count("web-kills"); kill += 1) await note(killWhileAnswering(program, "web"));
  for (let kill = 0; kill < count("database-kills"); kill += 1) {
    await note(killWhileAnswering(program, "database"));
  }
  for (let kill = 0; kill < count("worker-kills"); kill += 1) {
    await note(killWhileIngesting(program, count("sentences")));
  }
  const after = await readAnswers(program);
  const changed = [...before].filter(([id, text]) => after.get(id) !== text);
  const code = await program.stop();
  const faults = [
    ...rounds.flatMap((round) => round.faults),
    ...changed.map(([id]) => `message ${id} is not what it was`),
    ...(code === 0 ? [] : [`the program ended with status ${code}`]),
  ];
  return { rounds, faults };
}

if (values.help) {
  console.log(
    "usage: node scripts/soak-program.ts [--web-kills N] [--database-kills N] [--worker-kills N] [--sentences N]",
  );
} else {
  const dataDir = await mkdtemp(join(tmpdir(), "vouch-soak-program-"));
  const program = new RunningProgram(dataDir);
  try {
    const { rounds, faults } = await runRounds(program);
    console.log(JSON.stringify({ rounds, faults, sound: faults.length === 0 }, null, 2));
    process.exitCode = faults.length === 0 ? 0 : 1;
  } finally {
    await program.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
