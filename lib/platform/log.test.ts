import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { redactFields } from "./log.ts";

const logModule = fileURLToPath(new URL("./log.ts", import.meta.url));

/** Runs a few lines in a process of their own and returns what it printed, as events. */
function eventsOf(lines: string): string[] {
  const script = `import { logger } from ${JSON.stringify(logModule)}; process.env.LOG_LEVEL = "info"; ${lines}`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).msg);
}

describe("log lines", () => {
  test("reach the output when the process ends by itself, by exit, or by an error nobody caught", () => {
    const write = 'logger.info({}, "one"); logger.error({}, "two");';
    for (const end of ["", "process.exit(0);", "throw new Error('end');"]) {
      expect(eventsOf(`${write} ${end}`)).toEqual(["one", "two"]);
    }
  });

  test("come out while the process goes on", () => {
    const lines = eventsOf(
      'logger.info({}, "one"); setTimeout(() => process.kill(process.pid, "SIGKILL"), 1_500);',
    );
    expect(lines).toEqual(["one"]);
  });

  test("carry allowed fields only, cut to a sane length, and no text of an error's message", () => {
    const error = new Error("secret text");
    const kept = redactFields({
      model: "m".repeat(600),
      prompt: "secret text",
      count: 3,
      status: null,
      error,
    });
    expect(kept).toMatchObject({ model: "m".repeat(500), count: 3, status: null, errorName: "Error" });
    expect(JSON.stringify(kept)).not.toContain("secret");
    expect(Object.keys(kept)).not.toContain("prompt");
  });
});
