import { spawn } from "node:child_process";
import { constants } from "node:os";

/** How long a command may take to end after it was asked to. */
const STOP_MS = 5_000;

/** Signals that end the launcher and whatever it runs at that moment. */
export const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Exit code of a process that a signal ended, as shells count it. */
export function codeOfSignal(signal) {
  return 128 + (constants.signals[signal] ?? 15);
}

/**
 * Runs a command to its end and collects what it wrote. The command has a process group of its own: a signal to the
 * launcher ends the whole group, helpers included, and then the launcher.
 *
 * @returns its exit code (null when it could not run or took too long) and its output.
 */
export function runCommand(file, args, { timeoutMs, ...options }) {
  return new Promise((resolve) => {
    const isGrouped = process.platform !== "win32";
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: isGrouped });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output.stderr += chunk;
    });
    let endedBy;
    const end = (signal) => {
      endedBy ??= signal;
      signalGroup(child, isGrouped, "SIGTERM");
      setTimeout(() => signalGroup(child, isGrouped, "SIGKILL"), STOP_MS).unref();
    };
    for (const signal of END_SIGNALS) process.on(signal, end);
    const timer = setTimeout(() => end("timeout"), timeoutMs);
    const finish = (code) => {
      clearTimeout(timer);
      for (const signal of END_SIGNALS) process.off(signal, end);
      if (endedBy !== undefined) signalGroup(child, isGrouped, "SIGKILL");
      if (endedBy !== undefined && endedBy !== "timeout") process.exit(codeOfSignal(endedBy));
      resolve({ status: endedBy === undefined ? code : null, ...output });
    };
    child.on("error", () => finish(null));
    child.on("close", finish);
  });
}

function signalGroup(child, isGrouped, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(isGrouped ? -child.pid : child.pid, signal);
  } catch {
    // Already gone.
  }
}
