/**
 * How a quota counts. `rate`: units are used up and come back with the next window of a minute. `slots`: units are held
 * while in use. `budget`: units are used up within a calendar month (UTC).
 */
export type QuotaKind = "rate" | "slots" | "budget";

/** What a process says and asks about one quota. Units are requests, tokens, streams or micros; all whole numbers. */
export interface LeaseItem {
  readonly orgId: string;
  /** Subject and what is counted: `user:<id>:requests`. */
  readonly quota: string;
  readonly kind: QuotaKind;
  readonly limit: number;
  /** Names the holder and this lease of it; never used again after `isLast`. */
  readonly leaseId: string;
  /** Window that `reported` is about, as the last answer gave it; -1 before the first. */
  readonly windowMs: number;
  /** Start of the month, for a budget; 0 otherwise. */
  readonly monthMs: number;
  /** Units used up in that window, all reports together: telling it twice changes nothing. */
  readonly reported: number;
  /** Units held: reserved for running requests, or idle. */
  readonly held: number;
  readonly idle: number;
  /** Idle units wished for requests to come, beside those held. */
  readonly wanted: number;
  /** True when requests wait for it: only then a rate's window begins. */
  readonly isAsking: boolean;
  /** True when the holder touches no idle unit until the answer: they are dealt out anew. */
  readonly isFrozen: boolean;
  /** True when the holder will not use this lease again. */
  readonly isLast: boolean;
  /** What the month has cost by the usage rows, where the last answer asked for it. */
  readonly seed: number | null;
}

/** A number of equal requests that wait. */
export interface LeaseGroup {
  readonly count: number;
  /** What each takes: index of an item and units. */
  readonly parts: readonly (readonly [item: number, units: number])[];
}

/** One call for all quotas a process is busy with. */
export interface LeaseCall {
  /** The moment, where a test sets it; otherwise the backend's own clock counts for every process. */
  readonly nowMs: number | null;
  /** Rises with every call of the process: a late older one changes nothing. */
  readonly call: number;
  /** A lease that is not renewed for so long belongs to a dead process. */
  readonly ttlMs: number;
  /** Sorted by organisation and quota. */
  readonly items: readonly LeaseItem[];
  readonly groups: readonly LeaseGroup[];
}

/** What became of an item. */
export interface LeaseAnswer {
  readonly windowMs: number;
  /** Milliseconds to the end of a rate's window. */
  readonly endsInMs: number;
  /** Units nobody holds or has used. */
  readonly left: number;
  /** Units granted for the groups. */
  readonly granted: number;
  /** Idle units granted. */
  readonly extra: number;
  /** Idle units in other processes' hands: they may come back soon. */
  readonly othersIdle: number;
  /** False when the month's spending must be added up first (`seed`). */
  readonly isSeeded: boolean;
  /** True when a younger call was there before this one: nothing was changed. */
  readonly isStale: boolean;
}

/** The answer to a {@link LeaseCall}. */
export interface LeaseReply {
  readonly items: readonly LeaseAnswer[];
  readonly groups: readonly {
    readonly admitted: number;
    /** Index of the item that stopped the rest; -1 when none did. */
    readonly blockedBy: number;
  }[];
}

/** Use of one quota, for display. */
export interface QuotaUse {
  readonly quota: string;
  /** Used up in the present window. */
  readonly taken: number;
  /** In the hands of processes: reserved or idle. */
  readonly held: number;
  /** End of a rate's window, milliseconds since 1970. */
  readonly endsAtMs: number | null;
}

/** Where the shared counters are. */
export interface LeaseBackend {
  readonly name: "database" | "redis";
  take(call: LeaseCall): Promise<LeaseReply>;
  /** Present use; quotas nobody used are left out. */
  read(quotas: readonly Pick<LeaseItem, "orgId" | "quota" | "kind">[]): Promise<QuotaUse[]>;
}

/** The answer as both backends write it: lists instead of objects. */
export type LeaseReplyText = {
  readonly items: readonly (readonly [
    windowMs: number,
    endsInMs: number,
    left: number,
    granted: number,
    extra: number,
    othersIdle: number,
    isSeeded: boolean,
    isStale: boolean,
  ])[];
  readonly groups: readonly (readonly [admitted: number, blockedBy: number])[];
};

/** Reads the answer of a backend. */
export function readLeaseReply(text: string): LeaseReply {
  const reply = JSON.parse(text) as LeaseReplyText;
  return {
    items: reply.items.map(([windowMs, endsInMs, left, granted, extra, othersIdle, isSeeded, isStale]) => ({
      windowMs,
      endsInMs,
      left,
      granted,
      extra,
      othersIdle,
      isSeeded,
      isStale,
    })),
    groups: reply.groups.map(([admitted, blockedBy]) => ({ admitted, blockedBy })),
  };
}
