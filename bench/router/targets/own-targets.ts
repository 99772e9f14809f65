import { startBenchProcess } from "../bench-process.ts";
import { CHAT_PATH, type Target } from "./target.ts";

/** The upstream itself, asked without anything between. */
export function directTarget(upstreamPid: number): Target {
  return {
    name: "direct",
    start: async (port) => ({
      address: { port, path: CHAT_PATH, headers: {} },
      pids: [upstreamPid],
      stop: async () => true,
    }),
  };
}

/** Thirty lines of node:http that copy bytes. */
export function pipeTarget(): Target {
  return {
    name: "pipe",
    start: async (upstreamPort) => {
      const running = await startBenchProcess("processes/pipe.ts", [String(upstreamPort)]);
      return {
        address: { port: Number(running.ready.port), path: CHAT_PATH, headers: {} },
        pids: [running.pid],
        stop: running.stop,
      };
    },
  };
}
