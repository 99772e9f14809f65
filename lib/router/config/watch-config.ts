import { unwatchFile, watchFile } from "node:fs";
import { resolve } from "node:path";
import { environment } from "../../platform/env.ts";
import { logger } from "../../platform/log.ts";
import { ConfigError } from "./config-error.ts";
import { knownRouterConfig, loadRouterConfig, setRouterConfig } from "./load-config.ts";
import type { RouterConfig } from "./router-config.ts";

/** What happens when the file changes. */
export interface ConfigListener {
  reload(config: RouterConfig): void;
  /** The changed file cannot be used: the old configuration stays. */
  refuseConfig(message: string): void;
}

/**
 * How often the file is looked at, ms. Looked at, not subscribed to: mounted files of containers are replaced through
 * links, of which notifications say nothing.
 */
const LOOK_MS = 1_000;

/**
 * Reads the configuration file again when it changes, and when the returned `read` is called. A file with a mistake
 * changes nothing but the log and the state that administrators see.
 */
export function watchConfig(
  listener: ConfigListener,
  file: string = environment().VOUCH_CONFIG,
): { readonly read: () => void; readonly stop: () => void } {
  const read = () => {
    try {
      const config = loadRouterConfig(file);
      // A process that needed no model so far has none to compare with.
      const before = knownRouterConfig();
      if (before !== undefined && config.embeddingModel.name !== before.embeddingModel.name) {
        logger.warn(
          { model: config.embeddingModel.name },
          "another embedding model: passages are embedded anew in the background, and found by the old one until then",
        );
      }
      setRouterConfig(config);
      listener.reload(config);
      logger.info({ count: config.models.size }, "router configuration read again");
    } catch (error) {
      const isMistake = error instanceof ConfigError;
      // Its one line names file, line and field, and no value of a secret: the file holds none.
      const reason = isMistake ? error.message : "cannot be taken";
      listener.refuseConfig(reason);
      logger.error(isMistake ? { reason } : { reason, error }, "router configuration not taken");
    }
  };
  const path = resolve(file);
  watchFile(path, { interval: LOOK_MS, persistent: false }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) read();
  });
  return { read, stop: () => unwatchFile(path) };
}
