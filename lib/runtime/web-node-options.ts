/**
 * Options of Node for a process that carries streams. Left to itself, V8 lets the garbage of imports and of streams pile
 * up to several times what lives before it looks: at 2,000 streams 264 to 329 MB, with these 201 to 210 (`bench/router`).
 */
export const WEB_NODE_OPTIONS: readonly string[] = ["--max-semi-space-size=8", "--initial-old-space-size=48"];
