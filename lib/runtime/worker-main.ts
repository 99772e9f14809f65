/** Main of a worker: works on the queue and ends answers whose process is gone. */
import { pathToFileURL } from "node:url";
import { keepAnswers } from "../chat/index.ts";
import { closeDatabase } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { endWriting, flushUsage, followRouterConfig } from "../router/index.ts";
import { explainStartError } from "./explain-start-error.ts";
import { workOnQueue } from "./job-registry.ts";
import { sendReady } from "./send-ready.ts";
import { onShutdown } from "./shutdown.ts";
import { letOthersGoFirst } from "./worker-priority.ts";

/** Runs a worker in this process until it is told to stop. */
export async function runWorker(): Promise<void> {
  let stop = async () => {};
  onShutdown(() => stop());
  letOthersGoFirst();
  const stopWork = await workOnQueue();
  const stopKeeping = keepAnswers();
  const stopFollowing = followRouterConfig();
  stop = async () => {
    stopKeeping();
    stopFollowing();
    await stopWork();
    await flushUsage();
    await endWriting();
    await closeDatabase();
  };
  sendReady();
  logger.info({ process: "worker" }, "worker ready");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  runWorker().catch((error: unknown) => {
    process.stderr.write(`vouch: ${explainStartError(error)}\n`);
    process.exit(1);
  });
}
