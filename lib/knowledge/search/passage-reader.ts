import type { Principal } from "../../identity/schema.ts";
import { listedTerms, type TermList } from "../keywords/term-list.ts";
import type { FoundCandidates } from "../queries/find-candidates.ts";
import { type FoundPassage, findPassages, type SearchFilter } from "../queries/search.ts";
import { count, type SearchSteps } from "./search-steps.ts";

/** What a passage is ranked by: its words and its document's title. */
export interface RankablePassage {
  readonly chunkId: string;
  readonly documentId: string;
  readonly title: string;
  /** What the keyword index holds for it. */
  readonly terms: TermList;
}

/**
 * Reads the passages of one search, each once and no more than are needed: those that are ranked by what this process
 * knows of them are read only when they are to be shown. Every reading decides anew what the reader may see.
 */
export class PassageReader {
  readonly #principal: Principal;
  readonly #filter: SearchFilter;
  readonly #steps: SearchSteps;
  /** Null for those that were asked for and are not, or no longer, the reader's to see. */
  readonly #read = new Map<string, FoundPassage | null>();

  constructor(principal: Principal, filter: SearchFilter, steps: SearchSteps) {
    this.#principal = principal;
    this.#filter = filter;
    this.#steps = steps;
  }

  /** Reads those of the passages that were not read yet; a step of the trace says how many. */
  async read(chunkIds: readonly string[], withTerms: readonly string[] = []): Promise<void> {
    const missing = chunkIds.filter((id) => !this.#read.has(id));
    if (missing.length === 0) return;
    const startMs = performance.now();
    const found = await findPassages(this.#principal, this.#filter, missing, withTerms);
    for (const id of missing) this.#read.set(id, null);
    for (const passage of found) this.#read.set(passage.chunkId, passage);
    this.#steps.since("passages", startMs, `${count(found.length, "passage")} read.`);
  }

  /** A passage that was read; undefined when it was not, or is not the reader's to see. */
  get(chunkId: string): FoundPassage | undefined {
    return this.#read.get(chunkId) ?? undefined;
  }

  /**
   * The passages as they are ranked, without those that turned out not to be the reader's to see.
   *
   * @param withText whether their texts are needed for it, too.
   */
  async rankable(
    chunkIds: readonly string[],
    found: FoundCandidates | undefined,
    withText: boolean,
  ): Promise<RankablePassage[]> {
    const known = new Map(chunkIds.map((id) => [id, found?.known(id)]));
    const unknown = chunkIds.filter((id) => known.get(id) === undefined);
    await this.read(withText ? chunkIds : unknown, unknown);
    return chunkIds.flatMap((chunkId) => {
      const own = known.get(chunkId);
      const read = this.#read.get(chunkId);
      if (read === null) return [];
      if (own !== undefined) return [{ chunkId, ...own }];
      if (read === undefined) return [];
      return [
        {
          chunkId,
          documentId: read.documentId,
          title: read.title,
          terms: listedTerms(read.searchTerms?.split(" ") ?? []),
        },
      ];
    });
  }
}
