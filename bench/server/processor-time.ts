import { readdirSync, readFileSync } from "node:fs";
import { processorSeconds } from "../ingest/processor-seconds.ts";

/** Processor time per answer, milliseconds, by process of the program; steadier than wall time on a shared machine. */
export type ProcessorTimes = Readonly<Record<"web" | "database" | "worker", number>>;

const SCRIPTS = {
  web: "lib/runtime/web-main.ts",
  database: "embedded-database/process.ts",
  worker: "lib/runtime/worker-main.ts",
} as const;

/** Ids of the program's processes on this data directory's supervisor (Linux). */
function findProcesses(ancestor: number): Map<keyof ProcessorTimes, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      parents.set(Number(name), Number(fields[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent === ancestor || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  const found = new Map<keyof ProcessorTimes, number>();
  for (const pid of [...parents.keys()].filter(isBelow)) {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    for (const [name, script] of Object.entries(SCRIPTS)) {
      if (command.includes(script)) found.set(name as keyof ProcessorTimes, pid);
    }
  }
  return found;
}

/** Starts a measurement below a supervisor; the function it returns ends it. */
export function measureProcessors(supervisor: number): (answers: number) => ProcessorTimes {
  const processes = findProcesses(supervisor);
  const read = (name: keyof ProcessorTimes) => {
    const pid = processes.get(name);
    return pid === undefined ? Number.NaN : processorSeconds(pid);
  };
  const before = { web: read("web"), database: read("database"), worker: read("worker") };
  return (answers) => ({
    web: ((read("web") - before.web) / answers) * 1000,
    database: ((read("database") - before.database) / answers) * 1000,
    worker: ((read("worker") - before.worker) / answers) * 1000,
  });
}
