import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

/** Processor time a process has used, in seconds (Linux); steadier than wall time on a machine that others use. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  // utime and stime, fields 14 and 15 of proc(5); the split above takes the first two.
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
