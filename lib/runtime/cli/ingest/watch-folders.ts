import { join, relative } from "node:path";
import { watch } from "chokidar";
import { type FilePatterns, type FoundFile, isGone, isWanted } from "./find-files.ts";

/** A file has stopped growing when it keeps its size for so long. */
const SETTLED_MS = 1_000;
/** Programs that save write a new file and put it in the place of the old one: gone is what stays away. */
const GONE_AFTER_MS = 2_000;

/** What happens below watched folders. */
export interface WatchEvents {
  /** New, or with other bytes, and no longer being written. */
  readonly onFile: (file: FoundFile) => void;
  readonly onGone: (path: string) => void;
  readonly onError: (error: unknown) => void;
}

/** The folders to watch, as found and as the person wrote them. */
export interface WatchedFolder {
  readonly root: string;
  readonly shown: string;
}

/**
 * Watches folders from now on; what is there already is not told. Links and hidden files are left out as when they are
 * searched.
 *
 * @returns once all of it is watched, the function that ends it.
 */
export async function watchFolders(
  folders: readonly WatchedFolder[],
  patterns: FilePatterns,
  events: WatchEvents,
): Promise<() => Promise<void>> {
  const folderOf = (path: string) => folders.find(({ root }) => path.startsWith(`${root}/`));
  const leaving = new Map<string, NodeJS.Timeout>();
  const watcher = watch(
    folders.map(({ root }) => root),
    {
      ignoreInitial: true,
      followSymlinks: false,
      awaitWriteFinish: { stabilityThreshold: SETTLED_MS, pollInterval: 100 },
      ignored: (path) => /(?:^|\/)\.[^/]+$/.test(relative(folderOf(path)?.root ?? path, path)),
    },
  );
  const told = (path: string) => {
    clearTimeout(leaving.get(path));
    const folder = folderOf(path);
    if (folder === undefined || !isWanted(folder.root, path, patterns)) return;
    events.onFile({ path, shown: join(folder.shown, relative(folder.root, path)) });
  };
  const left = (path: string) => {
    clearTimeout(leaving.get(path));
    const check = async () => {
      leaving.delete(path);
      if (await isGone(path)) events.onGone(path);
    };
    leaving.set(
      path,
      setTimeout(() => void check(), GONE_AFTER_MS),
    );
  };
  watcher.on("add", (path, stats) => {
    if (stats?.isSymbolicLink() !== true) told(path);
  });
  watcher.on("change", told);
  watcher.on("unlink", left);
  watcher.on("error", events.onError);
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return async () => {
    for (const timer of leaving.values()) clearTimeout(timer);
    await watcher.close();
  };
}
