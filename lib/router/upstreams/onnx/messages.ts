import type { OnnxPooling } from "../../config/router-config.ts";

/** What a model's process needs to load it. */
export interface ModelSettings {
  readonly directory: string;
  /** Absolute path of the graph. */
  readonly graph: string;
  readonly pooling: OnnxPooling | undefined;
  readonly maxTokens: number | undefined;
  /** Folder whose `node_modules` holds the runtime. */
  readonly packages: string;
  readonly threads: number;
}

/** Texts to be turned into vectors, or to be scored against a query. */
export type ModelTask =
  | { readonly kind: "embed"; readonly texts: readonly string[] }
  | { readonly kind: "score"; readonly query: string; readonly texts: readonly string[] };

/** What a task gives. */
export interface ModelResult {
  /** The vectors of all texts one after the other, or one score (0 to 1) each. */
  readonly values: Float32Array | Float64Array;
  /** Numbers for each text. */
  readonly width: number;
  /** Tokens the model read. */
  readonly tokens: number;
  /** Texts of which the model read only the beginning. */
  readonly truncated: number;
}

/** To a model's process. */
export type ToModel =
  | { readonly type: "load"; readonly settings: ModelSettings }
  | { readonly type: "run"; readonly id: number; readonly task: ModelTask }
  | { readonly type: "stop"; readonly id: number };

/** From a model's process. `reason` never holds text of users. */
export type FromModel =
  | { readonly type: "loaded"; readonly maxTokens: number; readonly pooling: OnnxPooling }
  | { readonly type: "unusable"; readonly reason: string }
  | { readonly type: "done"; readonly id: number; readonly result: ModelResult }
  | { readonly type: "failed"; readonly id: number; readonly reason: string }
  | { readonly type: "stopped"; readonly id: number };
