/**
 * Options of Node for a process that carries streams. Left to itself, V8 lets the garbage of imports and of streams pile
 * up to several times what lives before it looks. Smaller still (2 MB, and an old space that grows by a fifth at a time)
 * brings 2,000 streams from 277 to 227 MB, but costs 17 % more processor time and doubles the first token's delay
 * (`bench/router`). `scripts/launch.mjs` starts the role `router` with the same.
 */
export const WEB_NODE_OPTIONS: readonly string[] = ["--max-semi-space-size=8", "--initial-old-space-size=48"];
