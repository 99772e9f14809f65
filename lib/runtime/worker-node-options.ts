/** Options of Node for the worker. It parses in children of its own; what it holds itself is small. */
export const WORKER_NODE_OPTIONS: readonly string[] = ["--max-old-space-size=512"];
