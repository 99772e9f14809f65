import { lstat, readdir, stat } from "node:fs/promises";
import { basename, join, matchesGlob, relative, resolve } from "node:path";
import { AppError } from "../../../shared/errors.ts";

/** Endings of files that can be read; what a file is, its bytes decide. */
const READABLE =
  /\.(?:pdf|doc[xm]|dotx|ppt[xm]|ppsx|xls[xm]|od[tsp]|epub|x?html?|xml|nxml|eml|md|mdx|markdown|adoc|asciidoc|txt|text|csv|tsv|vtt|json|jsonl|ndjson)$/i;

/** Which files of a folder are wanted. */
export interface FilePatterns {
  /** Globs; with any of them only these files are taken, whatever their ending. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A file to add. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** As it is shown: as the person wrote the folder, and the way below it. */
  readonly shown: string;
}

/** What was found below the given paths. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** The given folders, absolute. */
  readonly roots: readonly string[];
  /** Files left out because nothing of their kind can be read. */
  readonly leftOut: number;
}

/** True when a path below a folder is wanted; hidden files and folders never are. */
export function isWanted(root: string, path: string, { include, exclude }: FilePatterns): boolean {
  const way = relative(root, path);
  if (way === "" || way.split("/").some((part) => part.startsWith("."))) return false;
  const matches = (glob: string) => matchesGlob(glob.includes("/") ? way : basename(path), glob);
  if (exclude.some(matches)) return false;
  return include.length === 0 ? READABLE.test(path) : include.some(matches);
}

/**
 * The files at paths and below folders, in order. Hidden files and links are left out: what a link points to may lie
 * anywhere. A file that is named itself is taken whatever it is.
 *
 * @throws AppError `not_found` for a path that is not there.
 */
export async function findFiles(given: readonly string[], patterns: FilePatterns): Promise<FoundFiles> {
  const files = new Map<string, FoundFile>();
  const roots: string[] = [];
  let leftOut = 0;
  for (const shownRoot of given) {
    const root = resolve(shownRoot);
    const found = await stat(root).catch(() => null);
    if (found === null) {
      throw new AppError("not_found", { message: `There is no file or folder ${shownRoot}.` });
    }
    if (!found.isDirectory()) {
      files.set(root, { path: root, shown: shownRoot });
      continue;
    }
    roots.push(root);
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile()) continue;
      if (isWanted(root, path, patterns))
        files.set(path, { path, shown: join(shownRoot, relative(root, path)) });
      else leftOut += 1;
    }
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, roots, leftOut };
}

/** True when nothing lies at a path any more. */
export async function isGone(path: string): Promise<boolean> {
  const code = await lstat(path).then(
    () => "",
    (error: NodeJS.ErrnoException) => error.code,
  );
  return code === "ENOENT" || code === "ENOTDIR";
}
