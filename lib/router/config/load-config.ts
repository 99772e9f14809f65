import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { environment, readReferencedSecret } from "../../platform/env.ts";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./parse-config.ts";
import type { RouterConfig } from "./router-config.ts";

// Next bundles this module a second time into its route handlers; both copies share one reading of the file.
const holder = globalThis as typeof globalThis & { vouchRouterConfig?: RouterConfig };

/**
 * Reads the file the environment names (`VOUCH_CONFIG`, `vouch.yaml` by default). A missing file means the built-in
 * models only, unless the environment asked for another name than the default.
 *
 * @throws ConfigError with one line naming file, line and field.
 */
export function loadRouterConfig(file: string = environment().VOUCH_CONFIG): RouterConfig {
  return parseConfig(readConfigText(file), { file, readSecret: readReferencedSecret });
}

/** The configuration of this process, read on first use and again when the file changes. */
export function routerConfig(): RouterConfig {
  holder.vouchRouterConfig ??= loadRouterConfig();
  return holder.vouchRouterConfig;
}

/** The configuration of this process if it was read already. */
export function knownRouterConfig(): RouterConfig | undefined {
  return holder.vouchRouterConfig;
}

/** Makes another configuration the one of this process. */
export function setRouterConfig(config: RouterConfig): void {
  holder.vouchRouterConfig = config;
}

function readConfigText(file: string): string {
  try {
    return readFileSync(resolve(file), "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && file === "vouch.yaml") return "";
    throw new ConfigError(`${file}: ${isMissing ? "does not exist" : "cannot be read"}`);
  }
}
