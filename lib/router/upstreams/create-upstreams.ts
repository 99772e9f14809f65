import { isDeepStrictEqual } from "node:util";
import { logger } from "../../platform/log.ts";
import type { ModelTarget, RouterConfig, UpstreamConfig } from "../config/router-config.ts";
import type { UpstreamLoad } from "../routing/target-state.ts";
import { renewOnRefusal } from "./azure/renew-on-refusal.ts";
import { createTokenSource, type TokenSource } from "./azure/token-source.ts";
import { type BuiltinPace, createBuiltinUpstream } from "./builtin-upstream.ts";
import { createHttpUpstream } from "./http/http-upstream.ts";
import { createOnnxUpstream, type OnnxUpstream } from "./onnx/onnx-upstream.ts";
import type { Upstream } from "./upstream.ts";
import { createVllmProbe, type VllmProbe } from "./vllm/vllm-probe.ts";

/** An upstream with what watches it and what signs its calls. */
interface OpenUpstream {
  readonly config: UpstreamConfig;
  readonly upstream: Upstream;
  readonly probe: VllmProbe | undefined;
  readonly tokens: TokenSource | undefined;
  /** The same upstream, when its models are local. */
  readonly local?: OnnxUpstream;
}

/** How upstreams are opened. */
export interface OpenUpstreamsOptions extends BuiltinPace {
  /** True when their load is to be watched, by a process that chooses among them. */
  readonly isWatched: boolean;
}

/** The upstreams of one configuration. */
export class UpstreamSet {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #open: ReadonlyMap<string, OpenUpstream>;

  constructor(open: ReadonlyMap<string, OpenUpstream>) {
    this.#open = open;
    this.upstreams = new Map(Array.from(open, ([name, { upstream }]) => [name, upstream]));
  }

  /** What a target's server says of its load; undefined when it says nothing or is not asked. */
  loadOf({ upstream, upstreamModel }: ModelTarget): UpstreamLoad | undefined {
    return this.#open.get(upstream.name)?.probe?.load(upstreamModel);
  }

  /** False while a target's server is known to be down. */
  isWell({ upstream }: ModelTarget): boolean {
    return this.#open.get(upstream.name)?.probe?.isHealthy() !== false;
  }

  /** What is known of an upstream beside its targets. */
  describe(name: string) {
    const { probe, tokens, local } = this.#open.get(name) ?? {};
    return {
      modelErrors: local?.modelErrors() ?? [],
      isHealthy: probe?.isHealthy(),
      load: probe?.load(),
      served: probe?.models(),
      token: tokens?.state(),
    };
  }

  /** The open upstream of this very configuration, for the next set to take over. */
  find(config: UpstreamConfig): OpenUpstream | undefined {
    const open = this.#open.get(config.name);
    return open !== undefined && isDeepStrictEqual(open.config, config) ? open : undefined;
  }

  /** Closes the upstreams that no other set uses. */
  close(others: Iterable<UpstreamSet> = []): void {
    const kept = new Set(Array.from(others, (set) => [...set.#open.values()]).flat());
    for (const open of this.#open.values()) {
      if (kept.has(open)) continue;
      open.probe?.close();
      open.tokens?.close();
      open.upstream.close();
    }
  }
}

/**
 * Opens the upstreams of a configuration; no connection is made before the first call, but load is read in the
 * background where the configuration asks for it.
 *
 * @param previous a set whose unchanged upstreams are taken over, with their connections.
 */
export function createUpstreams(
  config: RouterConfig,
  options: OpenUpstreamsOptions,
  previous?: UpstreamSet,
): UpstreamSet {
  const open = new Map<string, OpenUpstream>();
  for (const upstream of config.upstreams.values()) {
    open.set(upstream.name, previous?.find(upstream) ?? openUpstream(upstream, options));
  }
  return new UpstreamSet(open);
}

function openUpstream(config: UpstreamConfig, options: OpenUpstreamsOptions): OpenUpstream {
  if (config.kind === "builtin") {
    return { config, upstream: createBuiltinUpstream(config, options), probe: undefined, tokens: undefined };
  }
  if (config.kind === "onnx") {
    const local = createOnnxUpstream(config);
    if (options.isWatched) warnOfModelErrors(config.name, local);
    return { config, upstream: local, probe: undefined, tokens: undefined, local };
  }
  const { entraId, name } = config;
  const tokens = entraId === undefined ? undefined : createTokenSource({ name, entraId });
  const isProbed = options.isWatched && config.kind === "vllm" && config.metricsIntervalMs > 0;
  return {
    config,
    upstream:
      tokens === undefined
        ? createHttpUpstream(config)
        : renewOnRefusal(createHttpUpstream(config, { token: () => tokens.token() }), tokens),
    probe: isProbed ? createVllmProbe(config) : undefined,
    tokens,
  };
}

/** What is missing is said at the start, not at the first call; the other models work. */
function warnOfModelErrors(upstream: string, local: OnnxUpstream): void {
  for (const { model, reason } of local.modelErrors()) {
    logger.error({ upstream, model, reason }, "local model cannot be used");
  }
}
