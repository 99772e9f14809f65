/**
 * Main of a model's process. The runtime is native code: what it does to the memory, and whether it ever comes back,
 * is this process's matter alone. It has no secrets in its environment, and no right to write files or start programs.
 */
import type { FromModel, ToModel } from "../messages.ts";
import { type LoadedModel, loadModel } from "./loaded-model.ts";
import { UnusableModel } from "./read-model-files.ts";

const running = new Set<number>();
let model: LoadedModel | undefined;

function send(message: FromModel): void {
  if (process.connected) process.send?.(message);
}

async function load({ settings }: Extract<ToModel, { type: "load" }>): Promise<void> {
  try {
    model = await loadModel(settings);
    send({ type: "loaded", maxTokens: model.maxTokens, pooling: model.pooling });
  } catch (error) {
    send({ type: "unusable", reason: reasonOf(error) });
  }
}

async function run({ id, task }: Extract<ToModel, { type: "run" }>): Promise<void> {
  running.add(id);
  try {
    const result = await model?.run(task, () => !running.has(id));
    if (result === undefined) return;
    send({ type: "done", id, result });
  } catch (error) {
    send({ type: "failed", id, reason: reasonOf(error) });
  } finally {
    running.delete(id);
  }
}

/** One line. Errors of the runtime name nodes, shapes and numbers; one of the tokenizer could quote a text. */
function reasonOf(error: unknown): string {
  if (error instanceof UnusableModel) return error.message;
  if (!(error instanceof Error)) return "an unknown error";
  const isOfTokenizer = error.stack?.includes("tokenizers") === true;
  return isOfTokenizer
    ? `the tokenizer failed (${error.name})`
    : (error.message.split("\n")[0] ?? "").slice(0, 300);
}

process.on("message", async (message: ToModel) => {
  if (message.type === "load") await load(message);
  else if (message.type === "run") await run(message);
  else {
    running.delete(message.id);
    send({ type: "stopped", id: message.id });
  }
});
process.on("disconnect", () => process.exit(0));
