import { join } from "node:path";
import { CHAT_PATH, type RunningTarget, type Target } from "./target.ts";
import { openVouchProgram } from "./vouch-program.ts";

/** High enough never to refuse; every request is reserved and settled against them all the same. */
const LIMIT =
  "{ requestsPerMinute: 100000000, tokensPerMinute: 1000000000000, concurrentStreams: 1000000, monthlyBudget: 1000000000 }";

/** Vouch's router with its embedded database. */
export interface VouchTarget extends Target {
  /** Rows of money in the database. */
  countUsage(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Vouch on its full path: API key looked up in the embedded database, limits reserved, usage recorded, metrics on.
 * The database lives as long as the bench; the router is started anew for each run.
 *
 * @param profileFolder Where to write a processor profile of each measured window; undefined for none.
 */
export async function vouchTarget(profileFolder: string | undefined): Promise<VouchTarget> {
  const program = await openVouchProgram();
  return {
    name: "vouch",
    start: async (upstreamPort, label): Promise<RunningTarget> => {
      const file = profileFolder === undefined ? undefined : join(profileFolder, `${label}.cpuprofile`);
      const limits = `{ organisation: ${LIMIT}, user: ${LIMIT}, key: ${LIMIT} }`;
      const router = await program.startRouter({ upstreamPort, limits });
      return {
        address: {
          port: Number(router.ready.port),
          path: CHAT_PATH,
          headers: { authorization: `Bearer ${program.keys[0]}` },
        },
        pids: [router.pid],
        databasePids: [program.databasePid],
        stop: router.stop,
        onWindow: (event) => {
          if (file !== undefined) router.tell({ profile: event === "window nears" ? "begin" : "end", file });
        },
      };
    },
    countUsage: program.countUsage,
    close: program.close,
  };
}
