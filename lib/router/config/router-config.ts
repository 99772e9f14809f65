import type { ModelKind } from "../schema.ts";

/** Limits on the wait for an upstream, milliseconds. */
export interface Timeouts {
  readonly connectMs: number;
  /** From the call to the first real output of a stream. */
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
  /** For a whole answer, streamed or not. */
  readonly totalMs: number;
}

/** The limits when the file names none. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 5_000,
  firstTokenMs: 60_000,
  betweenTokensMs: 30_000,
  totalMs: 600_000,
};

/** How long a client may leave a full buffer unread before it is cut, milliseconds. */
export const DEFAULT_CLIENT_STUCK_MS = 60_000;

/** Kinds of upstream; the three in the middle share OpenAI's addresses and header. */
export type UpstreamKind = "builtin" | "openai" | "vllm" | "ollama" | "azure";

/** An upstream behind HTTP. */
export interface HttpUpstreamConfig {
  readonly name: string;
  readonly kind: Exclude<UpstreamKind, "builtin">;
  /** Without a trailing slash; for Azure the endpoint, for the others the address that ends in `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Azure only: a date, or `v1` for the surface without deployments in the path. */
  readonly apiVersion: string | undefined;
  readonly streamUsage: boolean;
  readonly timeouts: Timeouts;
}

/** The models that live in this process. */
export interface BuiltinUpstreamConfig {
  readonly name: string;
  readonly kind: "builtin";
  readonly timeouts: Timeouts;
}

export type UpstreamConfig = HttpUpstreamConfig | BuiltinUpstreamConfig;

/** Price per million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly cachedInput: number;
  readonly output: number;
}

/** One place where a model is served. */
export interface ModelTarget {
  readonly upstream: UpstreamConfig;
  /** Name or deployment the upstream knows. */
  readonly upstreamModel: string;
}

/** A model clients may name. */
export interface ModelConfig {
  readonly name: string;
  readonly label: string;
  readonly kind: ModelKind;
  /** Where it is served; never empty. */
  readonly targets: readonly [ModelTarget, ...ModelTarget[]];
  /** Undefined when the price is unknown: costs are then null, never 0. */
  readonly price: ModelPrice | undefined;
}

/** What the router serves. */
export interface RouterConfig {
  readonly models: ReadonlyMap<string, ModelConfig>;
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>;
  readonly defaultChatModel: ModelConfig;
  readonly embeddingModel: ModelConfig;
  readonly clientStuckMs: number;
  /** Unix seconds at which it was read; shown as the models' creation time. */
  readonly readAt: number;
}
