import type { IncomingHttpHeaders } from "node:http";

/** One call as the upstream saw it. */
export interface LedgerEntry {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly model: string;
  readonly isStream: boolean;
  /** Milliseconds since the upstream started. */
  readonly arrivedMs: number;
  status: number;
  /** Content chunks sent; of a whole answer, the tokens it holds. */
  tokensSent: number;
  promptTokens: number;
  /** Images in the conversation. */
  images: number;
  /** Completion tokens the answer itself named; 0 when it was cut before it named any. */
  tokensReported: number;
  bytesSent: number;
  /** True once the whole answer was handed to the socket. */
  isComplete: boolean;
  /** True when the script itself cut the answer. */
  isBroken: boolean;
  /** True when the caller closed the connection before the answer was over. */
  isAborted: boolean;
  /** Milliseconds since the upstream started, when the call was over either way. */
  closedMs: number | null;
}

/** How a call ended. `broken`: the script cut it itself; `aborted`: the caller left. */
export type CallOutcome = "complete" | "refused" | "broken" | "aborted";

/** Sums over calls that ended alike. */
export interface CallTotals {
  calls: number;
  promptTokens: number;
  tokensSent: number;
  tokensReported: number;
  bytesSent: number;
}

/** Sums over all calls of a model that are over, by how they ended. */
export type ModelTotals = Readonly<Record<CallOutcome, CallTotals>>;

/** What is known of a call when it arrives. */
export type ArrivedCall = Pick<
  LedgerEntry,
  "method" | "path" | "query" | "headers" | "body" | "model" | "isStream"
>;

/** How much a ledger keeps. */
export interface LedgerOptions {
  /** Calls kept at most, the oldest go first; the totals hold them all. */
  readonly maxEntries?: number;
  /** Leaves out headers and bodies. */
  readonly isCompact?: boolean;
}

/** The calls an upstream has had. */
export interface Ledger {
  /** The latest calls, the oldest first. */
  readonly entries: readonly LedgerEntry[];
  add(call: ArrivedCall): LedgerEntry;
  /** The connection of a call is closed: its sums count from now on. */
  close(entry: LedgerEntry, status: number): void;
  /** How often a model has been called before, the running calls included. */
  callsOf(model: string): number;
  /** Sums of the calls that are over, by model. */
  totals(): Readonly<Record<string, ModelTotals>>;
  clear(): void;
  nowMs(): number;
}

const MAX_ENTRIES = 20_000;

/** An empty ledger. */
export function createLedger(options: LedgerOptions = {}): Ledger {
  const { maxEntries = MAX_ENTRIES, isCompact = false } = options;
  const entries: LedgerEntry[] = [];
  const calls = new Map<string, number>();
  const totals = new Map<string, ModelTotals>();
  const startedAt = performance.now();
  let nextId = 1;
  const nowMs = () => performance.now() - startedAt;
  return {
    entries,
    nowMs,
    add: (call) => {
      const entry = arrived(isCompact ? { ...call, headers: {}, body: null } : call, nextId++, nowMs());
      entries.push(entry);
      // Dropped by the thousand: one at a time would move the whole list with every call.
      if (entries.length >= maxEntries * 1.1 + 1) entries.splice(0, entries.length - maxEntries);
      calls.set(call.model, (calls.get(call.model) ?? 0) + 1);
      return entry;
    },
    close: (entry, status) => {
      entry.closedMs = nowMs();
      entry.status = status;
      entry.isAborted = !entry.isComplete && !entry.isBroken;
      const ofModel = totals.get(entry.model) ?? emptyTotals();
      totals.set(entry.model, ofModel);
      addTo(ofModel[outcomeOf(entry)], entry);
    },
    callsOf: (model) => calls.get(model) ?? 0,
    totals: () => Object.fromEntries(totals),
    clear: () => {
      entries.length = 0;
      calls.clear();
      totals.clear();
    },
  };
}

function arrived(call: ArrivedCall, id: number, arrivedMs: number): LedgerEntry {
  return {
    ...call,
    id,
    arrivedMs,
    status: 200,
    tokensSent: 0,
    promptTokens: 0,
    images: 0,
    tokensReported: 0,
    bytesSent: 0,
    isComplete: false,
    isBroken: false,
    isAborted: false,
    closedMs: null,
  };
}

function outcomeOf({ status, isComplete, isAborted }: LedgerEntry): CallOutcome {
  if (isAborted) return "aborted";
  if (status >= 400) return "refused";
  return isComplete ? "complete" : "broken";
}

function emptyTotals(): ModelTotals {
  const empty = () => ({ calls: 0, promptTokens: 0, tokensSent: 0, tokensReported: 0, bytesSent: 0 });
  return { complete: empty(), refused: empty(), broken: empty(), aborted: empty() };
}

function addTo(sums: CallTotals, entry: LedgerEntry): void {
  sums.calls += 1;
  sums.promptTokens += entry.promptTokens;
  sums.tokensSent += entry.tokensSent;
  sums.tokensReported += entry.tokensReported;
  sums.bytesSent += entry.bytesSent;
}
