import type { ModelKind } from "../schema.ts";
import type { ConfigFile } from "./config-schema.ts";

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

/** Kinds of upstream; `openai`, `vllm` and `ollama` share OpenAI's addresses and header. */
export type UpstreamKind = "builtin" | "openai" | "vllm" | "ollama" | "azure" | "onnx";

/** An upstream behind HTTP. */
export interface HttpUpstreamConfig {
  readonly name: string;
  readonly kind: Exclude<UpstreamKind, "builtin" | "onnx">;
  /** Without a trailing slash; for Azure the endpoint, for the others the address that ends in `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** Azure only, in place of a key: how tokens of Entra ID are got. */
  readonly entraId?: EntraIdConfig;
  /** Azure only: a date, or `v1` for the surface without deployments in the path. */
  readonly apiVersion: string | undefined;
  readonly streamUsage: boolean;
  /** `native`: the upstream has this endpoint; `mapped`: it is asked for a chat completion instead. */
  readonly responses: "native" | "mapped";
  readonly completions: "native" | "mapped";
  /** vLLM only: how often its load is read, milliseconds; 0 never. */
  readonly metricsIntervalMs: number;
  readonly timeouts: Timeouts;
}

/** How a token of Microsoft Entra ID is got in place of a key. */
export type EntraIdConfig =
  | {
      readonly kind: "secret";
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly kind: "workload";
      readonly tenantId: string;
      readonly clientId: string;
      /** File with the token of the workload, replaced by its platform from time to time. */
      readonly federatedTokenFile: string;
    }
  | { readonly kind: "managed"; readonly clientId: string | undefined };

/** The models that live in this process. */
export interface BuiltinUpstreamConfig {
  readonly name: string;
  readonly kind: "builtin";
  readonly timeouts: Timeouts;
}

/** How the vectors of a text's tokens become one. */
export type OnnxPooling = "mean" | "cls" | "last";

/** A model in a directory of this machine. */
export interface OnnxModelConfig {
  /** Absolute. */
  readonly directory: string;
  /** Name of the file with the graph, in the directory or in its folder `onnx`. */
  readonly file: string;
  /** Undefined when the files of the model decide. */
  readonly pooling: OnnxPooling | undefined;
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Undefined when the files of the model decide. */
  readonly maxTokens: number | undefined;
  /** Where it stands in the configuration, as errors begin: `vouch.yaml:9: upstreams.local.models.e5`. */
  readonly place: string;
}

/** Models of this machine, run by ONNX Runtime in processes of their own. */
export interface OnnxUpstreamConfig {
  readonly name: string;
  readonly kind: "onnx";
  readonly models: Readonly<Record<string, OnnxModelConfig>>;
  /** Folder whose `node_modules` holds the runtime; undefined for the program's own. */
  readonly packages: string | undefined;
  /** Undefined for half of the processors. */
  readonly threads: number | undefined;
  readonly idleMs: number;
  readonly timeouts: Timeouts;
  readonly place: string;
}

export type UpstreamConfig = HttpUpstreamConfig | BuiltinUpstreamConfig | OnnxUpstreamConfig;

/** True for the upstreams that have an address. */
export function isHttpUpstream(upstream: UpstreamConfig): upstream is HttpUpstreamConfig {
  return upstream.kind !== "builtin" && upstream.kind !== "onnx";
}

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
  /** Share of the requests under the policy `weighted`, and of the choice under `latency`; 0 is asked last only. */
  readonly weight: number;
  /** Undefined when the price is unknown: costs are then null, never 0. */
  readonly price: ModelPrice | undefined;
}

/** How a target is chosen among those that are well. */
export type RoutePolicy = "latency" | "weighted" | "affinity";

/** A model clients may name. */
export interface ModelConfig {
  readonly name: string;
  readonly label: string;
  readonly kind: ModelKind;
  /** Where it is served; never empty. */
  readonly targets: readonly [ModelTarget, ...ModelTarget[]];
  readonly policy: RoutePolicy;
  /** Models asked, in order, when every target of this one failed before its first output. */
  readonly fallbacks: readonly string[];
  /** Model asked when a content filter refused the request. */
  readonly contentFilterFallback: string | undefined;
  /** True when an answer cut in the middle may be continued on another target. */
  readonly continuation: boolean;
  /** A second target is asked when the first has shown nothing after so long. */
  readonly hedge: { readonly afterMs?: number | undefined } | undefined;
  /** A share (0 to 1) of the requests is copied to another model, whose answers nobody sees. */
  readonly shadow: { readonly model: string; readonly share: number } | undefined;
  /** Equal requests are answered from memory for so long, when they ask for no randomness. */
  readonly cache: { readonly ttlSeconds: number } | undefined;
}

/** Another name for a model, or for two of which the easier requests get the lighter. */
export type ModelAlias =
  | { readonly kind: "model"; readonly model: string }
  | { readonly kind: "tiers"; readonly light: string; readonly heavy: string };

/** When and how often a failed call is tried again. */
export interface RetryConfig {
  /** Calls beyond the first, over all targets of one request. */
  readonly max: number;
  /** First wait before the same target is asked again; doubles, with jitter. */
  readonly baseMs: number;
  /** A longer wait is the client's business: it gets the error and `retry-after`. */
  readonly maxWaitMs: number;
}

/** When a target is left alone. */
export interface BreakerConfig {
  /** Failures in a row that open the breaker. */
  readonly failures: number;
  /** How long it stays open before one probe passes; doubles with every failed probe. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/** Limits of one organisation, user or key; an absent one is no limit. */
export interface LimitRule {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrentStreams?: number | undefined;
  /** Millionths of the price table's currency in a calendar month (UTC). */
  readonly monthlyBudgetMicros?: number | undefined;
}

/** The limits that hold where the database names none. */
export interface LimitDefaults {
  readonly organisation?: LimitRule | undefined;
  readonly user?: LimitRule | undefined;
  readonly key?: LimitRule | undefined;
}

/** What the router serves. */
export interface RouterConfig {
  readonly models: ReadonlyMap<string, ModelConfig>;
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>;
  readonly defaultChatModel: ModelConfig;
  readonly embeddingModel: ModelConfig;
  readonly retries: RetryConfig;
  readonly breaker: BreakerConfig;
  readonly limits: LimitDefaults;
  /** Bytes all cached answers of this process may take together. */
  readonly cacheMaxBytes: number;
  readonly clientStuckMs: number;
  /** Unix seconds at which it was read; shown as the models' creation time. */
  readonly readAt: number;
  /** Where it came from, and what was written there: references to secrets, never secrets. */
  readonly source: { readonly file: string; readonly written: ConfigFile };
}
