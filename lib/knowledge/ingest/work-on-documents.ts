import { logger } from "../../platform/log.ts";
import { AppError } from "../../shared/errors.ts";
import type { ParseLimits } from "../parse/parse-file.ts";
import {
  type ClaimedDocument,
  claimDocuments,
  endClaim,
  isAnyClaimable,
  keepClaims,
  type Lane,
  type WaitingDocument,
} from "../queries/claims.ts";
import { ingestClaimed, type SharedSteps } from "./ingest-document.ts";
import { type IngestDeps, ingestDeps } from "./ingestion.ts";
import { findClosedOrganisations } from "./offline-schedule.ts";
import { type PreparedDocument, prepareDocuments, type ReadDocument } from "./prepare-document.ts";
import { endOfPoison, ReadingStopped, TRIES_MAX } from "./settle-failure.ts";
import { storeSmall } from "./store-small.ts";
import { storingPace } from "./storing-pace.ts";
import { onWakeIngestion } from "./wake.ts";
import { workTogether } from "./work-together.ts";

/** Pause between two looks when nothing waits. */
const POLL_MS = 300;
/** How often claims are looked after: a cancelled reading ends within this time. */
const WATCH_MS = 700;
/** Claims are made longer in every fourth look. */
const EXTEND_EVERY = 4;
/** Files up to this size are read many at a time. */
const LIGHT_BYTES_MAX = 600_000;
/** Readings at once by lane, and the part of the light ones that offline work may take. */
const PLACES: Readonly<Record<Lane, number>> = { light: 40, heavy: 1, ocr: 1 };
const LIGHT_OFFLINE_PLACES = 24;
/** A light file that takes longer is read again among the heavy ones, so that it keeps no others waiting. */
const LIGHT_LIMITS: ParseLimits = { heapMb: 160, residentMb: 290, baseMs: 8_000, perPageMs: 500 };
/** How long readings may go on after a stop before they are given back. */
const DRAIN_MS = 6_000;
const LET_GO_MS = 5_000;

interface Reading {
  readonly document: ClaimedDocument;
  readonly lane: Lane;
  readonly controller: AbortController;
  readonly work: Promise<void>;
}

/** Works on the documents that wait, until stopped. */
class DocumentWorker {
  readonly #deps: IngestDeps;
  readonly #readings = new Map<string, Reading>();
  readonly #steps: SharedSteps;
  #isStopping = false;
  #wake = () => {};
  #looks = 0;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    this.#steps = {
      prepare: workTogether<ReadDocument, PreparedDocument>({
        work: (read) => prepareDocuments(read),
        keyOf: ({ document }) => document.orgId,
        weightOf: () => 1,
        weightMax: () => 40,
        parallel: 1,
        expectsMore: (waiting) => this.#count("light") > waiting,
      }),
      storeSmall: workTogether<PreparedDocument, void>({
        work: async (prepared) => {
          // One signal for all: whoever lost its claim meanwhile is left out by the claim itself.
          await storeSmall(prepared, new AbortController().signal, deps);
          return [];
        },
        // Vectors are on the account of whoever added the document.
        keyOf: ({ document }) => `${document.orgId}/${document.createdBy}`,
        weightOf: ({ chunks }) => chunks.length,
        weightMax: () => storingPace.chunks,
        parallel: 2,
        expectsMore: (waiting) => this.#count("light") > waiting,
      }),
    };
  }

  /** Looks for documents until stopped. */
  async run(): Promise<void> {
    const unsubscribe = onWakeIngestion(() => this.#wake());
    const watch = setInterval(() => void this.#watch(), WATCH_MS);
    while (!this.#isStopping) {
      const began = await this.#look();
      // Full or idle: until something ends, somebody wakes us, or a while has passed.
      if (began === 0) await this.#pause();
    }
    unsubscribe();
    await this.#end();
    clearInterval(watch);
  }

  stop(): void {
    this.#isStopping = true;
    this.#wake();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isStopping) this.#wake();
    });
  }

  #count(lane: Lane): number {
    return [...this.#readings.values()].filter((reading) => reading.lane === lane).length;
  }

  async #look(): Promise<number> {
    // The light lane is filled again when half of it is free: a look then begins many readings.
    const isLightFree = this.#count("light") <= PLACES.light / 2;
    const lanes: Lane[] = isLightFree ? ["light"] : [];
    const heavy = [...this.#readings.values()].find(({ lane }) => lane === "heavy");
    if (heavy === undefined || heavy.document.priority === "offline") lanes.push("heavy");
    if (this.#count("ocr") < PLACES.ocr) lanes.push("ocr");
    if (lanes.length === 0) return 0;
    let chosen: readonly WaitingDocument[] = [];
    try {
      if (!(await isAnyClaimable())) return 0;
      const search = {
        lightBytesMax: LIGHT_BYTES_MAX,
        lanes,
        limit: PLACES.light,
        closedOrgIds: await findClosedOrganisations(),
      };
      const claimed = await claimDocuments(search, (waiting) => {
        chosen = this.#choose(waiting);
        return chosen;
      });
      const documents = new Map(claimed.map((document) => [document.id, document]));
      for (const { id, lane } of chosen) {
        const document = documents.get(id);
        if (document !== undefined) this.#begin(document, lane);
      }
      return claimed.length;
    } catch (error) {
      // The database is away for a moment: the next look asks again.
      logger.warn({ error }, "waiting documents could not be read");
      return 0;
    }
  }

  /** Online before offline; organisations in turn; what failed before after what did not. */
  #choose(waiting: readonly WaitingDocument[]): WaitingDocument[] {
    const chosen: WaitingDocument[] = [];
    const free = {
      light: PLACES.light - this.#count("light"),
      heavy: 1,
      ocr: PLACES.ocr - this.#count("ocr"),
    };
    const runningHeavy = [...this.#readings.values()].find(({ lane }) => lane === "heavy");
    let lightOffline = LIGHT_OFFLINE_PLACES - this.#count("light");
    for (const document of inTurn(waiting)) {
      if (free[document.lane] <= 0) continue;
      const isOffline = document.priority === "offline";
      if (document.lane === "light" && isOffline && lightOffline <= 0) continue;
      if (document.lane === "heavy" && runningHeavy !== undefined) {
        if (isOffline) continue;
        // A person's large file takes the place of an import's, which goes on later where it was.
        runningHeavy.controller.abort(new ReadingStopped("overtaken"));
      }
      free[document.lane] -= 1;
      if (document.lane === "light" && isOffline) lightOffline -= 1;
      chosen.push(document);
    }
    return chosen;
  }

  #begin(document: ClaimedDocument, lane: Lane): void {
    const controller = new AbortController();
    const work = this.#read(document, lane, controller.signal).finally(() => {
      this.#readings.delete(document.id);
      this.#wake();
    });
    this.#readings.set(document.id, { document, lane, controller, work });
  }

  async #read(document: ClaimedDocument, lane: Lane, signal: AbortSignal): Promise<void> {
    const isLight = lane === "light";
    try {
      if (document.attempts > TRIES_MAX) return await endClaim(document, endOfPoison());
      const ingestion = { document, signal, deps: this.#deps };
      await ingestClaimed(
        isLight ? { ...ingestion, limits: LIGHT_LIMITS } : ingestion,
        isLight ? this.#steps : undefined,
      );
    } catch (error) {
      // Its claim runs out and it is read again.
      const code = error instanceof AppError ? error.code : "internal";
      logger.warn({ documentId: document.id, code, error }, "reading could not be settled");
    }
  }

  /** Gives signs of life, and stops readings whose claim is gone. */
  async #watch(): Promise<void> {
    this.#looks += 1;
    const readings = [...this.#readings.values()];
    if (readings.length === 0) return;
    try {
      const held = await keepClaims(
        readings.map(({ document }) => document),
        this.#looks % EXTEND_EVERY === 0,
      );
      for (const { document, controller } of readings) {
        if (!held.has(document.id)) controller.abort(new ReadingStopped("taken"));
      }
    } catch (error) {
      logger.warn({ error }, "claims could not be looked after");
    }
  }

  async #end(): Promise<void> {
    const readings = [...this.#readings.values()];
    await settleWithin(readings, DRAIN_MS);
    for (const { controller } of readings) controller.abort(new ReadingStopped("shutdown"));
    await settleWithin(readings, LET_GO_MS);
  }
}

/** One document of each organisation after the other, online ones first. */
function inTurn(waiting: readonly WaitingDocument[]): WaitingDocument[] {
  const ranks = new Map<string, number>();
  const ranked = waiting.map((document) => {
    const key = `${document.priority}/${document.lane}/${document.orgId}`;
    const rank = ranks.get(key) ?? 0;
    ranks.set(key, rank + 1);
    return { document, rank: [document.priority === "online" ? 0 : 1, Math.sign(document.attempts), rank] };
  });
  return ranked
    .toSorted((left, right) => {
      const differing = left.rank.findIndex((value, index) => value !== right.rank[index]);
      return differing < 0 ? 0 : (left.rank[differing] ?? 0) - (right.rank[differing] ?? 0);
    })
    .map(({ document }) => document);
}

async function settleWithin(readings: readonly Reading[], milliseconds: number): Promise<void> {
  if (readings.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([Promise.allSettled(readings.map(({ work }) => work)), limit]);
  clearTimeout(timer);
}

/**
 * Reads and indexes the documents that wait, those people wait for before imports, until the returned function is
 * called; what cannot be finished then is given back for another worker.
 */
export function workOnDocuments(deps: IngestDeps = ingestDeps): () => Promise<void> {
  const worker = new DocumentWorker(deps);
  const running = worker.run();
  return async () => {
    worker.stop();
    await running;
  };
}
