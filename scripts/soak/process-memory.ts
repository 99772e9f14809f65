import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4_096;

/** Memory that a process and its descendants hold, in bytes (Linux). */
export function treeMemory(root: number): number {
  const parents = new Map<number, number>();
  const memory = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const status = readFileSync(`/proc/${entry}/stat`, "utf8");
      const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
      // Fields 4 (parent) and 24 (resident pages) of proc(5).
      parents.set(Number(entry), Number(fields[1]));
      memory.set(Number(entry), Number(fields[21]) * PAGE_BYTES);
    } catch {
      // It ended while we looked.
    }
  }
  const belongs = (pid: number): boolean =>
    pid === root || (parents.has(pid) && belongs(parents.get(pid) ?? 0));
  return [...memory].reduce((sum, [pid, bytes]) => sum + (belongs(pid) ? bytes : 0), 0);
}
