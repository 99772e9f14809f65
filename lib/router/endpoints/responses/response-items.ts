import type { JsonObject } from "../../http/read-json-body.ts";

/** The output items of one caller's earlier responses. */
export interface ResponseItems {
  find(id: string): JsonObject | undefined;
  keep(items: readonly JsonObject[]): void;
}

/** How much is remembered, and how long. */
export interface ResponseItemLimits {
  readonly maxBytes: number;
  readonly ttlMs: number;
}

/** The outside world of the memory. */
export interface ResponseItemDeps {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

const defaultLimits: ResponseItemLimits = { maxBytes: 32 * 1024 * 1024, ttlMs: 60 * 60_000 };

/** What an item takes beside its text. */
const ITEM_OVERHEAD_BYTES = 256;

interface KeptItem {
  readonly item: JsonObject;
  readonly bytes: number;
  readonly until: number;
}

/**
 * Remembers messages and calls of mapped responses for a while, since clients (`@ai-sdk/openai` by default) name them by id in the
 * next request instead of sending them again. One process's memory: an id it does not know is refused with a
 * message that says what to do. Callers never see each other's items; the oldest go first.
 */
export class ResponseItemMemory {
  #limits: ResponseItemLimits;
  #deps: ResponseItemDeps;
  #kept = new Map<string, KeptItem>();
  #bytes = 0;

  constructor(
    limits: ResponseItemLimits = defaultLimits,
    deps: ResponseItemDeps = { now: () => performance.now() },
  ) {
    this.#limits = limits;
    this.#deps = deps;
  }

  /** The items of one caller. */
  of(owner: { readonly orgId: string; readonly userId: string }): ResponseItems {
    const scope = `${owner.orgId}/${owner.userId}/`;
    return {
      find: (id) => this.#find(scope + id),
      keep: (items) => {
        for (const item of items) if (item.type !== "reasoning") this.#keep(scope + String(item.id), item);
      },
    };
  }

  #find(key: string): JsonObject | undefined {
    const kept = this.#kept.get(key);
    return kept === undefined || kept.until < this.#deps.now() ? undefined : kept.item;
  }

  #keep(key: string, item: JsonObject): void {
    const bytes = JSON.stringify(item).length * 2 + ITEM_OVERHEAD_BYTES;
    const now = this.#deps.now();
    this.#kept.set(key, { item, bytes, until: now + this.#limits.ttlMs });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed, until }] of this.#kept) {
      if (this.#bytes <= this.#limits.maxBytes && until >= now) return;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
  }
}
