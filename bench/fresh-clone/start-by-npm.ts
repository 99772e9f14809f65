import { spawn } from "node:child_process";

/** A program that was started by `npm start`. */
export interface Started {
  readonly url: string;
  /** From the command to its line that says it is ready. */
  readonly readyMs: number;
  /** Lines the terminal showed on the way. */
  readonly steps: readonly { readonly line: string; readonly atMs: number }[];
  /** Ends it as Ctrl-C would and waits until npm itself has ended. */
  stop(): Promise<void>;
}

const READY_MS_MAX = 15 * 60_000;
const STOP_MS_MAX = 60_000;

/** Runs `npm start` in a folder and waits until the program says that it is ready. */
export async function startByNpm(folder: string, environment: NodeJS.ProcessEnv): Promise<Started> {
  const startMs = performance.now();
  const steps: { line: string; atMs: number }[] = [];
  const child = spawn("npm", ["start"], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const stop = async () => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    child.kill("SIGTERM");
    await exited;
    clearTimeout(timer);
  };
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("npm start: not ready in time")), READY_MS_MAX);
    void exited.then((code) => reject(new Error(`npm start ended with ${code}`)));
    let rest = "";
    child.stdout.on("data", (piece: Buffer) => {
      const lines = (rest + piece.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines.filter((text) => text.trim() !== "")) {
        steps.push({ line: line.trim(), atMs: performance.now() - startMs });
        const found = /Vouch is ready: (http:\/\/\S+)/.exec(line)?.[1];
        if (found === undefined) continue;
        clearTimeout(timer);
        resolve(found);
      }
    });
  });
  const shown = steps.filter(({ line }) => !/password|administrator/i.test(line));
  return { url, readyMs: performance.now() - startMs, steps: shown, stop };
}
