import type { UsageRow } from "./running-router.ts";

/** A call as the scripted upstream's ledger has it. */
export interface LedgerCall {
  readonly requestId: string;
  readonly model: string;
  readonly outcome: "complete" | "refused" | "broken" | "aborted";
  readonly promptTokens: number;
  readonly tokensSent: number;
  readonly bytesSent: number;
  /** The upstream died while the connection was open: what it had sent last may never have arrived. */
  readonly isReset: boolean;
  /** 0 when the answer named no usage. */
  readonly tokensReported: number;
}

/** Sums of both sides, and what does not agree. */
export interface UsageComparison {
  readonly calls: number;
  readonly rows: number;
  /** Rows of calls that never reached the upstream: refused connections, clients that left on the way. */
  readonly rowsWithoutCall: number;
  /** Calls whose end the router could not have known; see {@link isUnknowable}. */
  readonly unknowable: number;
  readonly completeCalls: number;
  readonly completeTokens: { readonly ledger: number; readonly table: number };
  /** Tokens the upstream had sent of answers that clients left, and how many of them were billed. */
  readonly abortedTokens: { readonly ledger: number; readonly table: number };
  readonly faults: readonly string[];
}

const MAX_FAULTS = 20;

/** Matches each call of the ledgers with its row of money, by request and model. */
export function compareUsage(calls: readonly LedgerCall[], rows: readonly UsageRow[]): UsageComparison {
  const waiting = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const name = `${row.requestId} ${row.upstreamModel}`;
    waiting.set(name, [...(waiting.get(name) ?? []), row]);
  }
  const faults: string[] = [];
  const sums = { unknowable: 0, complete: 0, ledger: 0, table: 0, abortedLedger: 0, abortedTable: 0 };
  for (const call of calls) {
    const candidates = waiting.get(`${call.requestId} ${call.model}`) ?? [];
    const row = candidates.shift();
    if (row === undefined) {
      faults.push(`no row for ${nameCall(call)}`);
      continue;
    }
    if (isUnknowable(call, row)) {
      sums.unknowable += 1;
      continue;
    }
    const fault = compare(call, row);
    if (fault !== undefined) faults.push(`${fault}: ${nameCall(call)}, row ${JSON.stringify(row)}`);
    if (call.outcome === "aborted") {
      sums.abortedLedger += call.tokensSent;
      sums.abortedTable += row.completionTokens;
    } else if (call.outcome === "complete" && row.outcome === "complete") {
      sums.complete += 1;
      sums.ledger += call.tokensReported;
      sums.table += row.completionTokens;
    }
  }
  const left = [...waiting.values()].flat();
  for (const row of left) {
    const fault = judgeRowWithoutCall(row);
    if (fault !== undefined) faults.push(`${fault}: ${JSON.stringify(row)}`);
  }
  return {
    calls: calls.length,
    rows: rows.length,
    rowsWithoutCall: left.length,
    unknowable: sums.unknowable,
    completeCalls: sums.complete,
    completeTokens: { ledger: sums.ledger, table: sums.table },
    abortedTokens: { ledger: sums.abortedLedger, table: sums.abortedTable },
    faults:
      faults.length > MAX_FAULTS
        ? [...faults.slice(0, MAX_FAULTS), `and ${faults.length - MAX_FAULTS} more`]
        : faults,
  };
}

function nameCall(call: LedgerCall): string {
  return `call ${JSON.stringify(call)}`;
}

/**
 * The client left while the upstream's refusal was on its way; or a kept connection was cut before a byte of the
 * answer, which looks the same whether the upstream had begun or was closing an idle connection.
 */
function isUnknowable(call: LedgerCall, row: UsageRow): boolean {
  if (row.completionTokens > 0 || call.tokensSent > 0) return false;
  if (call.outcome === "refused") return row.outcome === "cancelled";
  return row.promptTokens === 0 && row.errorCode === "connection_cut";
}

/** Returns what does not agree. */
function compare(call: LedgerCall, row: UsageRow): string | undefined {
  // An estimate counts a delta that gathers many tokens by its characters, four to a token.
  const estimable = row.isEstimated ? call.bytesSent / 4 : 0;
  if (row.completionTokens > Math.max(call.tokensSent, call.tokensReported, estimable))
    return "more tokens than were sent";
  if (call.isReset) return undefined;
  if (call.outcome === "refused")
    return row.promptTokens + row.completionTokens === 0 ? undefined : "a refused call was billed";
  if (row.promptTokens === 0) return "a call without its prompt";
  if (call.outcome === "complete" && row.outcome === "complete") {
    if (row.isEstimated)
      return call.tokensReported === 0 ? undefined : "an estimate in place of the reported usage";
    if (row.promptTokens !== call.promptTokens) return "another count of the prompt";
    return row.completionTokens === call.tokensReported ? undefined : "another count of the answer";
  }
  // Left or broken off: what the router had read by then, and said to be an estimate.
  if (row.outcome === "complete" && call.outcome === "broken" && !isAllButFarewell(call))
    return "a broken answer counts as complete";
  return undefined;
}

/** The upstream died when all was said but the usage and the farewell. */
function isAllButFarewell({ model, tokensSent }: LedgerCall): boolean {
  const tokens = /_n(\d+)/.exec(model)?.[1];
  return tokens !== undefined && tokensSent >= Number(tokens);
}

/** A row may stand without a call only when nothing was answered to it. */
function judgeRowWithoutCall(row: UsageRow): string | undefined {
  return row.completionTokens === 0 && row.outcome !== "complete" ? undefined : "a row without a call";
}
