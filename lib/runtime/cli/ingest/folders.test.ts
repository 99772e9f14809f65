import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findFiles } from "./find-files.ts";
import { ChangedFiles, keepWatching } from "./keep-watching.ts";
import { findKnownFiles, type Outcome, syncFiles, syncRemoved } from "./sync-files.ts";
import { memoryTarget } from "./test-target.ts";
import { watchFolders } from "./watch-folders.ts";

let root: string;
const all: { include: readonly string[]; exclude: readonly string[] } = { include: [], exclude: [] };
const patience = { timeout: 15_000, interval: 50 };
const write = (path: string, text: string) => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};
const below = (path: string) => path.slice(root.length + 1);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vouch-folder-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the files of a folder", () => {
  const ways = async (patterns = all) =>
    (await findFiles([root], patterns)).files.map(({ path }) => below(path));

  it("are all that can be read, at any depth, without hidden ones and links", async () => {
    for (const path of [
      "b.md",
      "a/deep/c.PDF",
      "a/d.docx",
      ".hidden.md",
      ".git/e.md",
      "a/.f/g.md",
      "h.png",
      "noending",
    ]) {
      write(path, "x");
    }
    const outside = mkdtempSync(join(tmpdir(), "vouch-outside-"));
    writeFileSync(join(outside, "secret.md"), "secret");
    symlinkSync(outside, join(root, "link"));
    symlinkSync(join(outside, "secret.md"), join(root, "secret.md"));
    symlinkSync(root, join(root, "a", "loop"));
    expect(await ways()).toEqual(["a/d.docx", "a/deep/c.PDF", "b.md"]);
    expect((await findFiles([root], all)).leftOut).toBeGreaterThanOrEqual(2);
    rmSync(outside, { recursive: true });
  });

  it("can be narrowed by patterns of names and of ways", async () => {
    for (const path of ["a.md", "b.log", "drafts/c.md", "2026/may/d.md", "2026/e.txt"]) write(path, "x");
    expect(await ways({ include: ["*.log"], exclude: [] })).toEqual(["b.log"]);
    expect(await ways({ include: ["2026/**"], exclude: ["*.txt"] })).toEqual(["2026/may/d.md"]);
    expect(await ways({ include: [], exclude: ["drafts/**"] })).toEqual([
      "2026/e.txt",
      "2026/may/d.md",
      "a.md",
    ]);
  });

  it("are named as the person named the folder; a file that is named itself is taken whatever it is", async () => {
    write("notes.unknown", "x");
    const path = join(root, "notes.unknown");
    expect((await findFiles([path], all)).files).toEqual([{ path, shown: path }]);
    await expect(findFiles([join(root, "missing")], all)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a folder that is added again", () => {
  const target = () => memoryTarget();
  const sync = async (to: ReturnType<typeof target>, isDeleting = false) => {
    const known = await findKnownFiles(to, "");
    const found = await findFiles([root], all);
    const removed = await syncRemoved(to, found, known, isDeleting);
    const outcomes = await syncFiles(to, "", found.files, known, () => {});
    return Object.fromEntries(
      [...removed, ...outcomes].map(({ path, change }) => [
        below(path.startsWith(root) ? path : join(root, path)),
        change,
      ]),
    );
  };

  it("sends what is new or changed, and only that", async () => {
    const to = target();
    write("a.md", "one");
    write("b.md", "two");
    expect(await sync(to)).toEqual({ "a.md": "added", "b.md": "added" });
    write("b.md", "two, changed");
    write("c.md", "three");
    to.sent.length = 0;
    expect(await sync(to)).toEqual({ "a.md": "unchanged", "b.md": "changed", "c.md": "added" });
    expect(to.sent.map(below).sort()).toEqual(["b.md", "c.md"]);
  });

  it("sends a file again that could not be read", async () => {
    const to = target();
    write("a.md", "broken");
    await sync(to);
    to.sent.length = 0;
    await sync(to);
    expect(to.sent.map(below)).toEqual(["a.md"]);
  });

  it("keeps documents whose file is gone, and deletes them only when told to", async () => {
    const to = target();
    write("a.md", "one");
    write("b.md", "two");
    await sync(to);
    rmSync(join(root, "a.md"));
    expect(await sync(to)).toMatchObject({ "a.md": "kept" });
    expect(to.texts.size).toBe(2);
    expect(await sync(to, true)).toMatchObject({ "a.md": "deleted" });
    expect([...to.texts.keys()].map(below)).toEqual(["b.md"]);
  });

  it("deletes nothing when the folder is empty altogether: its disk may be away", async () => {
    const to = target();
    write("a.md", "one");
    await sync(to);
    rmSync(join(root, "a.md"));
    await expect(sync(to, true)).rejects.toMatchObject({
      message: expect.stringContaining("Is its disk there?"),
    });
    expect(to.texts.size).toBe(1);
  });

  it("leaves alone what came from other folders", async () => {
    const to = target();
    write("a.md", "one");
    await to.addFile("", join(root, "a.md"));
    const other = `${root}-other`;
    mkdirSync(other);
    writeFileSync(join(other, "x.md"), "x");
    await to.addFile("", join(other, "x.md"));
    rmSync(other, { recursive: true });
    expect(await sync(to, true)).toEqual({ "a.md": "unchanged" });
  });
});

describe("a watched folder", { timeout: 60_000 }, () => {
  it("follows new, changed, renamed and removed files, and outlives a server that is away", async () => {
    write("old.md", "was there before");
    const target = memoryTarget();
    const known = await findKnownFiles(target, "");
    const changed = new ChangedFiles();
    const end = new AbortController();
    const outcomes: Outcome[] = [];
    const away: string[] = [];
    const stop = await watchFolders([{ root, shown: root }], all, {
      onFile: (file) => changed.add(file.path, file),
      onGone: (path) => changed.add(path, null),
      onError: (error) => {
        throw error;
      },
    });
    const watching = keepWatching(
      {
        target,
        collectionId: "",
        known,
        isDeleting: true,
        onOutcome: (outcome) => outcomes.push({ ...outcome }),
        onAway: (message) => {
          away.push(message);
          target.isAway = false;
        },
        signal: end.signal,
      },
      changed,
    );
    const has = (texts: Record<string, string>) =>
      vi.waitFor(
        () =>
          expect(Object.fromEntries([...target.texts].map(([path, text]) => [below(path), text]))).toEqual(
            texts,
          ),
        patience,
      );
    write("a.md", "one");
    write("sub/b.md", "two");
    write("sub/.hidden.md", "hidden");
    write("picture.png", "no text");
    await has({ "a.md": "one", "sub/b.md": "two" });
    write("a.md", "one, changed");
    await has({ "a.md": "one, changed", "sub/b.md": "two" });
    // As an editor saves: a new file in the place of the old one.
    write(".a.md.tmp", "one, saved");
    renameSync(join(root, ".a.md.tmp"), join(root, "a.md"));
    await has({ "a.md": "one, saved", "sub/b.md": "two" });
    renameSync(join(root, "sub", "b.md"), join(root, "c.md"));
    await has({ "a.md": "one, saved", "c.md": "two" });
    target.isAway = true;
    write("d.md", "while the server was away");
    await vi.waitFor(() => expect(away).toHaveLength(1), patience);
    await has({ "a.md": "one, saved", "c.md": "two", "d.md": "while the server was away" });
    expect(target.sent.filter((path) => below(path) === "old.md")).toEqual([]);
    await vi.waitFor(
      () =>
        expect(outcomes.filter(({ state }) => state === "ready").map(({ path }) => below(path))).toContain(
          "d.md",
        ),
      patience,
    );
    expect(outcomes.filter(({ change }) => change === "deleted").map(({ path }) => below(path))).toEqual([
      "sub/b.md",
    ]);
    end.abort();
    await watching;
    await stop();
  });
});
