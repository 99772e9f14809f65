import type { RouterConfig } from "../config/router-config.ts";
import { type BuiltinPace, createBuiltinUpstream } from "./builtin-upstream.ts";
import { createHttpUpstream } from "./http/http-upstream.ts";
import type { Upstream } from "./upstream.ts";

/** Opens the upstreams of a configuration; no connection is made before the first call. */
export function createUpstreams(config: RouterConfig, pace: BuiltinPace): ReadonlyMap<string, Upstream> {
  return new Map(
    Array.from(config.upstreams.values(), (upstream) => [
      upstream.name,
      upstream.kind === "builtin" ? createBuiltinUpstream(upstream, pace) : createHttpUpstream(upstream),
    ]),
  );
}
