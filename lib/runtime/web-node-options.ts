/**
 * Options of Node for the web process, which renders pages beside carrying streams. Left to itself, V8 lets the garbage of
 * imports and of streams pile up to several times what lives before it looks (`bench/router`).
 */
export const WEB_NODE_OPTIONS: readonly string[] = ["--max-semi-space-size=8", "--initial-old-space-size=48"];

/**
 * Those of a router by itself, kept smaller: at 2,000 streams 212 MB in place of 277, at about the same processor time
 * (`bench/router`). `scripts/launch.mjs` starts the role `router` with the same.
 */
export const ROUTER_NODE_OPTIONS: readonly string[] = [
  "--max-semi-space-size=2",
  "--initial-old-space-size=48",
  "--heap-growing-percent=20",
];

/** One memory arena for all threads: glibc would keep one for each, with holes. */
export const ROUTER_ENVIRONMENT: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: "1" };
