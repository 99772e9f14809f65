import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { findOnnxRuntime } from "../../../../e2e/onnx-runtime/find-onnx-runtime.ts";
import { until } from "../../test-router.ts";
import type { ModelTask } from "./messages.ts";
import { ModelProcess } from "./model-process.ts";
import { type TestModelOptions, writeTestModel } from "./test-onnx-model.ts";

const packages = findOnnxRuntime() ?? "";
const folder = mkdtempSync(join(tmpdir(), "vouch-onnx-"));
const open: ModelProcess[] = [];
let models = 0;

afterEach(() => {
  for (const process of open.splice(0)) process.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(times: { idleMs?: number; stuckMs?: number } = {}, options: TestModelOptions = {}) {
  models += 1;
  const directory = writeTestModel(join(folder, String(models)), "embedder", options);
  const process = new ModelProcess(
    {
      directory,
      graph: join(directory, "onnx/model.onnx"),
      pooling: undefined,
      maxTokens: undefined,
      packages,
      threads: 1,
    },
    { idleMs: 60_000, ...times },
  );
  open.push(process);
  return process;
}

const task: ModelTask = { kind: "embed", texts: ["the pump leaks"] };
const never = () => new AbortController().signal;
const ask = (process: ModelProcess, { signal = never(), timeoutMs = 20_000 } = {}) =>
  process.run(task, signal, timeoutMs);

/** Stops the process as a runtime does that never comes back. */
function freeze(model: ModelProcess): number {
  const { pid } = model.state();
  if (pid === undefined) throw new Error("it does not run");
  process.kill(pid, "SIGSTOP");
  return pid;
}

describe.skipIf(packages === "")("the process of a local model (needs onnxruntime-node)", () => {
  test("begins with the first call, serves those after it, and goes when nobody asks", async () => {
    const model = start({ idleMs: 300 });
    expect(model.state()).toMatchObject({ phase: "cold", pid: undefined });
    const answers = await Promise.all([ask(model), ask(model), ask(model)]);
    expect(answers.map(({ values, tokens }) => [values.length, tokens])).toEqual(
      Array.from({ length: 3 }, () => [14, 5]),
    );
    const { phase, pid = 0 } = model.state();
    expect(phase).toBe("ready");
    await until(() => model.state().phase === "cold", "it is given up");
    await until(() => !isAlive(pid), "its process is gone");
    expect((await ask(model)).tokens).toBe(5);
  });

  test("that dies fails the call it was working on; the next one has another process", async () => {
    const model = start();
    await ask(model);
    const pid = freeze(model);
    const call = ask(model);
    process.kill(pid, "SIGKILL");
    await expect(call).rejects.toMatchObject({ kind: "crashed" });
    expect((await ask(model)).tokens).toBe(5);
    expect(model.state().pid).not.toBe(pid);
  });

  test("that never comes back is ended, with what it held; those who waited behind are served", async () => {
    const model = start({ stuckMs: 200 });
    await ask(model);
    const pid = freeze(model);
    const calls = Array.from({ length: 4 }, () => ask(model, { timeoutMs: 50 }));
    const behind = ask(model);
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: "timeout" });
    expect((await behind).tokens).toBe(5);
    await until(() => !isAlive(pid), "the stuck one is gone");
  });

  test("works on for others when a caller leaves", async () => {
    const model = start();
    await ask(model);
    const { pid } = model.state();
    const leave = new AbortController();
    const long: ModelTask = { kind: "embed", texts: Array.from({ length: 2_000 }, () => "the pump leaks") };
    const left = model.run(long, leave.signal, 20_000);
    const stays = ask(model);
    leave.abort();
    await expect(left).rejects.toMatchObject({ kind: "cancelled" });
    expect((await stays).tokens).toBe(5);
    await until(() => model.state().running === 0, "it let go of the call");
    expect(model.state()).toMatchObject({ phase: "ready", pid });
    await expect(ask(model, { signal: leave.signal })).rejects.toMatchObject({ kind: "cancelled" });
  });

  test("lets a short call overtake a long one", async () => {
    const model = start();
    await ask(model);
    const order: string[] = [];
    const texts = Array.from({ length: 2_000 }, () => "the pump leaks the valve repaired");
    const long = model.run({ kind: "embed", texts }, never(), 20_000).then(() => order.push("long"));
    const short = ask(model).then(() => order.push("short"));
    await Promise.all([long, short]);
    expect(order).toEqual(["short", "long"]);
  });

  test("refuses calls when too many wait", async () => {
    const model = start();
    await ask(model);
    const pid = freeze(model);
    const calls = Array.from({ length: 68 }, () => ask(model));
    await expect(ask(model)).rejects.toMatchObject({ kind: "full" });
    process.kill(pid, "SIGCONT");
    expect(await Promise.all(calls)).toHaveLength(68);
  });

  test.each<[what: string, options: TestModelOptions, reason: RegExp]>([
    ["a broken graph", { graph: Uint8Array.of(8, 8, 99) }, /model\.onnx cannot be loaded: /],
    [
      "a graph for something else",
      { inputs: ["input_ids", "pixel_values"] },
      /wants the input "pixel_values"/,
    ],
    ["a strange pooling", { pooling: { pooling_mode: "max" } }, /1_Pooling\/config\.json asks for max/],
  ])("says what is wrong with %s", async (_, options, reason) => {
    const model = start({}, options);
    const calls = [ask(model), ask(model)];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ kind: "unusable", message: expect.stringMatching(reason) });
    }
    expect(model.state()).toMatchObject({ phase: "cold", reason: expect.stringMatching(reason) });
  });
});

test("a runtime that cannot be loaded is a reason, not a crash", async () => {
  const directory = writeTestModel(join(folder, "without"), "embedder");
  const model = new ModelProcess(
    { directory, graph: directory, pooling: undefined, maxTokens: undefined, packages: folder, threads: 1 },
    { idleMs: 1000 },
  );
  open.push(model);
  await expect(ask(model)).rejects.toMatchObject({
    kind: "unusable",
    message: expect.stringMatching(/does not load on .*Cannot find module 'onnxruntime-node'/),
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
