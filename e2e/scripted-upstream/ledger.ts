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
  /** Content chunks sent. */
  tokensSent: number;
  promptTokens: number;
  bytesSent: number;
  /** True once the whole answer was handed to the socket. */
  isComplete: boolean;
  /** True when the caller closed the connection before that. */
  isAborted: boolean;
  /** Milliseconds since the upstream started, when the call was over either way. */
  closedMs: number | null;
}

/** The calls an upstream has had. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  add(
    call: Omit<
      LedgerEntry,
      | "id"
      | "status"
      | "tokensSent"
      | "promptTokens"
      | "bytesSent"
      | "isComplete"
      | "isAborted"
      | "closedMs"
      | "arrivedMs"
    >,
  ): LedgerEntry;
  /** How often a model has been called before. */
  callsOf(model: string): number;
  clear(): void;
  nowMs(): number;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const entries: LedgerEntry[] = [];
  const startedAt = performance.now();
  let nextId = 1;
  const nowMs = () => performance.now() - startedAt;
  return {
    entries,
    nowMs,
    add: (call) => {
      const entry: LedgerEntry = {
        ...call,
        id: nextId++,
        arrivedMs: nowMs(),
        status: 200,
        tokensSent: 0,
        promptTokens: 0,
        bytesSent: 0,
        isComplete: false,
        isAborted: false,
        closedMs: null,
      };
      entries.push(entry);
      return entry;
    },
    callsOf: (model) => entries.filter((entry) => entry.model === model).length,
    clear: () => {
      entries.length = 0;
    },
  };
}
