import type { ConfigFault } from "./config-error.ts";
import { referencedName } from "./config-schema.ts";
import type { Timeouts } from "./router-config.ts";

/** What resolving needs from outside. */
export interface ResolveContext {
  /** Name of the file, for people. */
  readonly file: string;
  readonly readSecret: (name: string) => string | undefined;
  readonly refuse: (fault: ConfigFault) => never;
  /** How an error at this path begins: `file:line: field`. */
  readonly placeOf: (path: ConfigFault["path"]) => string;
  readonly nowMs?: number;
}

/** Lays the limits a file names over others. */
export function mergeTimeouts(
  base: Timeouts,
  named: { [Key in keyof Timeouts]?: number | undefined } = {},
): Timeouts {
  return {
    connectMs: named.connectMs ?? base.connectMs,
    firstTokenMs: named.firstTokenMs ?? base.firstTokenMs,
    betweenTokensMs: named.betweenTokensMs ?? base.betweenTokensMs,
    totalMs: named.totalMs ?? base.totalMs,
  };
}

/** Text that may be a reference, with the reference read. */
export function readReference(
  value: string | { env: string } | undefined,
  path: readonly (string | number)[],
  { readSecret, refuse }: ResolveContext,
): string | undefined {
  if (value === undefined) return undefined;
  const name = typeof value === "string" ? referencedName(value) : value.env;
  if (name === undefined) return value as string;
  const secret = readSecret(name);
  return secret === undefined || secret === ""
    ? refuse({ path, message: `the environment variable ${name} is not set` })
    : secret;
}
