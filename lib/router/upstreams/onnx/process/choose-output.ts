import type { ModelSettings, ModelTask } from "../messages.ts";
import type { Session } from "./runtime.ts";

/** What the choice of an output rests on. */
interface Outputs {
  readonly settings: Pick<ModelSettings, "graph" | "pooling">;
  readonly session: Pick<Session, "outputNames" | "outputMetadata">;
  /** Steps that the model has behind its pooling. */
  readonly furtherModules: readonly string[];
}

/**
 * The output of a graph that a task is read from: the logits of a reranker; of an embedder the finished vector where
 * there is one, else the vectors of the tokens.
 *
 * @throws Error with one line for administrators when the graph has none.
 */
export function chooseOutput(
  { settings, session, furtherModules }: Outputs,
  kind: ModelTask["kind"],
): string {
  const { outputNames, outputMetadata } = session;
  const rankOf = (name: string) => outputMetadata.find((output) => output.name === name)?.shape?.length;
  const known = outputNames.join(", ");
  if (kind === "score") {
    const logits = outputNames.find((name) => name === "logits" || name === "scores");
    if (logits !== undefined) return logits;
    throw new Error(`${settings.graph} is no reranker: it gives ${known}, not logits`);
  }
  const find = (name: string, rank: number) =>
    outputNames.includes(name) && rankOf(name) === rank ? name : undefined;
  const finished = find("sentence_embedding", 2);
  if (finished !== undefined && settings.pooling === undefined) return finished;
  const tokens = find("last_hidden_state", 3) ?? find("token_embeddings", 3);
  if (tokens === undefined) {
    throw new Error(`${settings.graph} is no embedder: it gives ${known}, not last_hidden_state`);
  }
  if (furtherModules.length > 0) {
    throw new Error(
      `${settings.graph} ends before the steps ${furtherModules.join(", ")} of modules.json; export the model with its sentence_embedding`,
    );
  }
  return tokens;
}
