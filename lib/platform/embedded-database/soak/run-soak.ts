import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { forkDatabaseProcess } from "../fork-database-process.ts";
import { databaseReadySchema } from "../process-arguments.ts";
import { connect, SOAK_SCHEMA, type SoakClientArguments, type SoakClientReport } from "./soak-shared.ts";
import { type SoakVerdict, verifySoak } from "./verify-soak.ts";

export type SoakOptions = {
  /** Operations in all, over all client processes. */
  operations: number;
  processes: number;
  connectionsPerProcess: number;
  /** Client processes killed (SIGKILL) in the middle of a transaction. */
  clientKills: number;
  /** Times the database process itself is killed (SIGKILL) and started again on its directory. */
  databaseKills: number;
  seed: number;
  /** A dump to start the database from, which spares its creation. */
  loadFrom?: string;
};

export type SoakSummary = SoakOptions &
  SoakVerdict & {
    durationMs: number;
    operationsByKind: Record<string, number>;
    expectedErrors: number;
    unknownOutcomes: number;
    wrong: string[];
  };

/** Runs clients in several processes against a database process, kills some of each, and checks every result. */
export async function runSoak(options: SoakOptions): Promise<SoakSummary> {
  const directory = await mkdtemp(join(tmpdir(), "vouch-soak-"));
  const startedAt = performance.now();
  const database = new KillableDatabase(directory, options.loadFrom);
  try {
    await database.start();
    const sql = connect(database.socketPath, 1);
    await sql.unsafe(SOAK_SCHEMA);
    await sql.end();
    const journals = Array.from({ length: options.processes }, (_, id) => join(directory, `journal-${id}`));
    const reports = await runClients(options, database, journals);
    const acknowledged = (await Promise.all(journals.map(readLines))).flat();
    const verdict = await verifySoak(database.socketPath, acknowledged);
    return summarize(options, reports, verdict, performance.now() - startedAt);
  } finally {
    await database.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function runClients(
  options: SoakOptions,
  database: KillableDatabase,
  journals: string[],
): Promise<SoakClientReport[]> {
  const operations = Math.ceil(options.operations / options.processes);
  const remaining = new Map<number, number>();
  const clients = journals.map((journalPath, clientId) => {
    const client = forkScript("soak-client.ts", [
      JSON.stringify({
        socketPath: database.socketPath,
        clientId,
        connections: options.connectionsPerProcess,
        operations,
        journalPath,
        seed: options.seed + clientId * 1_000,
      } satisfies SoakClientArguments),
    ]);
    remaining.set(clientId, operations);
    client.on("message", (message: { type: string; remaining?: number }) => {
      if (message.type === "progress") remaining.set(clientId, message.remaining ?? 0);
    });
    return clientReport(client);
  });
  const done = () =>
    operations * options.processes - [...remaining.values()].reduce((sum, left) => sum + left, 0);
  const finished = Promise.all(clients);
  await disturb(options, database, done, finished);
  return finished;
}

/** Spreads the kills evenly over the run, by operations done. */
async function disturb(
  options: SoakOptions,
  database: KillableDatabase,
  done: () => number,
  finished: Promise<unknown>,
): Promise<void> {
  const kills = [
    ...Array.from({ length: options.clientKills }, () => "client"),
    ...Array.from({ length: options.databaseKills }, () => "database"),
  ];
  // Database kills between client kills, not all at the end.
  kills.sort((a, b) => kills.indexOf(a) - kills.lastIndexOf(b));
  let isFinished = false;
  void finished.finally(() => {
    isFinished = true;
  });
  for (const [index, kind] of kills.entries()) {
    const at = (options.operations * (index + 1)) / (kills.length + 1);
    while (done() < at && !isFinished) await new Promise((resolve) => setTimeout(resolve, 5));
    if (kind === "client") await killClientInTransaction(database.socketPath, `doomed-victim-${index}`);
    else await database.killAndRestart();
  }
}

async function killClientInTransaction(socketPath: string, key: string): Promise<void> {
  const victim = forkScript("soak-victim.ts", [socketPath, key]);
  await once(victim, "message");
  victim.kill("SIGKILL");
  await once(victim, "exit");
}

/** A database process on one directory, through any number of lives. */
class KillableDatabase {
  socketPath = "";
  #directory: string;
  #loadFrom: string | undefined;
  #process: ChildProcess | null = null;

  constructor(directory: string, loadFrom: string | undefined) {
    this.#directory = directory;
    this.#loadFrom = loadFrom;
  }

  async start(): Promise<void> {
    const child = forkDatabaseProcess({
      dataDir: join(this.#directory, "database"),
      socketDir: join(this.#directory, "socket"),
      ...(this.#loadFrom !== undefined && { loadFrom: this.#loadFrom }),
    });
    this.#process = child;
    const [message] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) =>
        Promise.reject(new Error(`the database process ended with ${code}`)),
      ),
    ]);
    this.socketPath = databaseReadySchema.parse(message).socketPath;
  }

  async killAndRestart(): Promise<void> {
    this.#process?.kill("SIGKILL");
    if (this.#process) await once(this.#process, "exit");
    await this.start();
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

function forkScript(name: string, scriptArguments: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(name, import.meta.url)), scriptArguments, {
    execArgv: [],
    stdio: "inherit",
  });
}

function clientReport(client: ChildProcess): Promise<SoakClientReport> {
  return new Promise((resolve, reject) => {
    client.on("message", (message: { type: string }) => {
      if (message.type === "report") resolve(message as SoakClientReport);
    });
    client.once("exit", (code, signal) => reject(new Error(`a soak client ended with ${code ?? signal}`)));
  });
}

async function readLines(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
}

function summarize(
  options: SoakOptions,
  reports: SoakClientReport[],
  verdict: SoakVerdict,
  durationMs: number,
): SoakSummary {
  const operationsByKind: Record<string, number> = {};
  for (const report of reports) {
    for (const [name, count] of Object.entries(report.operations)) {
      operationsByKind[name] = (operationsByKind[name] ?? 0) + count;
    }
  }
  return {
    ...options,
    ...verdict,
    durationMs: Math.round(durationMs),
    operationsByKind,
    expectedErrors: reports.reduce((sum, report) => sum + report.expectedErrors, 0),
    unknownOutcomes: reports.reduce((sum, report) => sum + report.unknownOutcomes, 0),
    wrong: reports.flatMap((report) => report.wrong),
  };
}

/** True when nothing was lost, doubled, leaked or read wrongly. */
export function isSound(summary: SoakSummary): boolean {
  const faults = [summary.lost, summary.doubled, summary.doomed, summary.corrupt, summary.unbalanced];
  return summary.wrong.length === 0 && faults.every((count) => count === 0);
}
