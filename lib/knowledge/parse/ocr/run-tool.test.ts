import { describe, expect, it } from "vitest";
import { runTools, type ToolLimits } from "./run-tool.ts";

const LIMITS: ToolLimits = { timeoutMs: 20_000, outputBytesMax: 100_000, memoryMb: 1_000 };

describe("runTools", () => {
  it("runs one program into the other, without the environment of this one", async () => {
    expect(
      await runTools(
        [
          { program: "printf", args: ["b\\na\\n"] },
          { program: "sort", args: [] },
        ],
        LIMITS,
      ),
    ).toBe("a\nb\n");
    const seen = await runTools([{ program: "env", args: [] }], LIMITS);
    expect(seen?.split("\n").filter((line) => /^(?:HOME|VITEST|NODE)/.test(line))).toEqual([]);
  });

  it("gives nothing when a program fails, is missing, writes too much or takes too long", async () => {
    expect(await runTools([{ program: "false", args: [] }], LIMITS)).toBeNull();
    expect(await runTools([{ program: "no-such-program", args: [] }], LIMITS)).toBeNull();
    expect(await runTools([{ program: "yes", args: [] }], LIMITS)).toBeNull();
    expect(await runTools([{ program: "sleep", args: ["30"] }], { ...LIMITS, timeoutMs: 50 })).toBeNull();
  });

  it("passes arguments on as they are, whatever a shell would make of them", async () => {
    expect(await runTools([{ program: "printf", args: ["%s", "$(id); `id` 'x'"] }], LIMITS)).toBe(
      "$(id); `id` 'x'",
    );
  });

  it("ends all programs when it is told to", async () => {
    const controller = new AbortController();
    const run = runTools([{ program: "sleep", args: ["30"] }], { ...LIMITS, signal: controller.signal });
    controller.abort(new Error("cancelled"));
    await expect(run).rejects.toThrow("cancelled");
  });
});
