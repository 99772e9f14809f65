import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Parser processes: at most two at work, one when the file is a big one, so that the worker with its children stays
 * within some 700 MB whatever files come. Warm ones wait a while for the next file.
 */
export interface ParserProcess {
  readonly child: ChildProcess;
  readonly heapMb: number;
  files: number;
  idleTimer: NodeJS.Timeout | undefined;
}

/** Files after which a process is replaced, so that what one file leaves behind does not grow. */
const FILES_PER_PROCESS = 500;
/** A process that kept more than this is replaced at once. */
const RESIDENT_KEPT_MB = 190;
const IDLE_MS = 20_000;
/** Shares of memory; a small file takes one, a big one all. */
export const SLOTS = 2;

const idle: ParserProcess[] = [];
let freeSlots = SLOTS;
const waiting: { readonly slots: number; readonly start: () => void }[] = [];

/** Lets waiting files in, in their order: a big one is not overtaken for ever. */
function admit(): void {
  for (let first = waiting[0]; first !== undefined && first.slots <= freeSlots; first = waiting[0]) {
    waiting.shift();
    freeSlots -= first.slots;
    first.start();
  }
}

/** Waits for a share of the memory; the function it gives returns the share. */
export async function takeSlots(slots: number, signal: AbortSignal | undefined): Promise<() => void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      const index = waiting.indexOf(entry);
      if (index >= 0) waiting.splice(index, 1);
      reject(signal?.reason);
      admit();
    };
    const entry = {
      slots,
      start: () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      },
    };
    signal?.addEventListener("abort", abort, { once: true });
    waiting.push(entry);
    admit();
  });
  return () => {
    freeSlots += slots;
    admit();
  };
}

function startProcess(heapMb: number): ParserProcess {
  const child = fork(fileURLToPath(new URL("./parser-process.ts", import.meta.url)), {
    execArgv: [
      `--max-old-space-size=${heapMb}`,
      "--max-semi-space-size=8",
      "--permission",
      "--allow-fs-read=*",
      "--no-warnings",
    ],
    env: { NODE_ENV: "production" },
    serialization: "advanced",
    // Its words on a damaged file are nobody's business; the reply says what matters.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return { child, heapMb, files: 0, idleTimer: undefined };
}

/** A warm process, or a new one. */
export function takeProcess(heapMb: number): ParserProcess {
  const index = idle.findIndex((parser) => parser.heapMb === heapMb && parser.child.connected);
  const parser = index < 0 ? startProcess(heapMb) : (idle.splice(index, 1)[0] as ParserProcess);
  // A process that waits with the memory of another kind of file is in the way of this one.
  if (index < 0) for (const other of idle.splice(0)) endProcess(other);
  clearTimeout(parser.idleTimer);
  parser.child.ref();
  parser.child.channel?.ref();
  return parser;
}

/** Ends a process whatever it does. */
export function endProcess(parser: ParserProcess): void {
  clearTimeout(parser.idleTimer);
  parser.child.kill("SIGKILL");
}

/** Keeps a warm process for the next file, without keeping this program alive. */
export function releaseProcess(parser: ParserProcess): void {
  parser.files += 1;
  parser.child.removeAllListeners();
  const isWorn = parser.files >= FILES_PER_PROCESS || residentMb(parser.child.pid) > RESIDENT_KEPT_MB;
  if (isWorn || !parser.child.connected) {
    endProcess(parser);
    return;
  }
  parser.child.unref();
  parser.child.channel?.unref();
  parser.child.once("exit", () => {
    const index = idle.indexOf(parser);
    if (index >= 0) idle.splice(index, 1);
  });
  parser.idleTimer = setTimeout(() => endProcess(parser), IDLE_MS).unref();
  idle.push(parser);
}

/** Memory that a process holds, in megabytes; 0 where the system does not tell (only Linux does this way). */
export function residentMb(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return (pages * 4096) / 1_000_000;
  } catch {
    return 0;
  }
}

/** Processor time that a process has used, in milliseconds; null where the system does not tell. */
export function processorMs(pid: number | undefined): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th figures after it, in hundredths.
    const figures = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(figures[11]) + Number(figures[12])) * 10;
  } catch {
    return null;
  }
}
