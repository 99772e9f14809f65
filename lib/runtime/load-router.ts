import { createRouter, type Router, routerConfig } from "../router/index.ts";

/**
 * The router of this process over the configuration file. Every process loads it: the web process serves /v1 with it,
 * the worker embeds through its models.
 *
 * @throws ConfigError, one line naming file, line and field.
 */
export async function loadRouter(): Promise<Router> {
  return createRouter({ config: routerConfig() });
}
