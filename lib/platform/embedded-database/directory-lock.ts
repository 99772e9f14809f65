import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { DatabaseStartError, systemErrorCode } from "./start-error.ts";

/** `startedAt` tells a live process from another one that was given the same number after a reboot or a kill. */
const holderSchema = z.object({ id: z.string(), pid: z.number(), host: z.string(), startedAt: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** A holder in another container cannot be looked up by its number: it is alive while it touches the file. */
const HEARTBEAT_MS = 5_000;
const FOREIGN_HOLDER_STALE_MS = 20_000;

/**
 * Keeps a second process off the same data directory. The lock is a file that comes into being whole, by a link;
 * the lock of a process that was killed is taken over.
 *
 * @returns a function that gives the lock back.
 * @throws DatabaseStartError when another process holds it.
 */
export async function lockDirectory(lockPath: string): Promise<() => Promise<void>> {
  const own: Holder = {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    startedAt: (await processStart(process.pid)) ?? "",
  };
  const draftPath = `${lockPath}.${own.id}`;
  await writeFile(draftPath, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      if (await linkUnlessTaken(draftPath, lockPath)) break;
      await removeUnlessHeld(lockPath, `${draftPath}.stale`);
    }
  } finally {
    await rm(draftPath, { force: true });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lockPath, now, now).catch(() => {});
  }, HEARTBEAT_MS).unref();
  return async () => {
    clearInterval(heartbeat);
    if ((await readHolder(lockPath))?.id === own.id) await rm(lockPath, { force: true });
  };
}

async function linkUnlessTaken(draftPath: string, lockPath: string): Promise<boolean> {
  try {
    await link(draftPath, lockPath);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Takes a dead holder's lock away, or throws. The rename lets only one of several newcomers do so. */
async function removeUnlessHeld(lockPath: string, stalePath: string): Promise<void> {
  const holder = await readHolder(lockPath);
  if (holder && (await isAlive(holder, lockPath))) {
    throw new DatabaseStartError(
      `The database in ${dirname(lockPath)} is already in use by process ${holder.pid} on ${holder.host}.`,
    );
  }
  try {
    await rename(lockPath, stalePath);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return;
    throw error;
  }
  const removed = await readHolder(stalePath);
  // Between reading and renaming, another newcomer may have put its own lock in place: give it back.
  if (removed && removed.id !== holder?.id) await linkUnlessTaken(stalePath, lockPath);
  await rm(stalePath, { force: true });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function isAlive(holder: Holder, lockPath: string): Promise<boolean> {
  if (holder.host !== hostname()) {
    // Wait for a sign of life rather than guess: a restarted container would otherwise fail its first start.
    const deadline = Date.now() + FOREIGN_HOLDER_STALE_MS;
    const touchedAt = async () => (await stat(lockPath).catch(() => undefined))?.mtimeMs;
    const before = await touchedAt();
    while (Date.now() < deadline && before !== undefined) {
      await wait(500);
      if ((await touchedAt()) !== before) return true;
    }
    return false;
  }
  if (holder.pid === process.pid) return holder.startedAt === (await processStart(process.pid));
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (systemErrorCode(error) === "ESRCH") return false;
  }
  const startedAt = await processStart(holder.pid);
  return startedAt === undefined || holder.startedAt === "" || startedAt === holder.startedAt;
}

/** Boot and clock tick at which a process started; undefined where the system does not tell. */
async function processStart(pid: number): Promise<string | undefined> {
  try {
    const [bootId, status] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
    ]);
    // The second field, the command in parentheses, may hold blanks; the start time is the 20th after it.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return `${bootId.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}
