/** How a scripted stream breaks off. */
export type FaultKind = "reset" | "end" | "fin" | "stall" | "error" | "broken";

/** What a scripted model does, read from its name. */
export interface Plan {
  /** True for names that ask for plain scripted tokens; others answer the prompt. */
  readonly isMock: boolean;
  /** Before the first token of a stream, ms. */
  readonly firstTokenMs: number;
  readonly intervalMs: number;
  readonly tokens: number;
  /** Events without content before the first token, beside the usual ones. */
  readonly startEvents: number;
  /** Before a whole answer, ms. */
  readonly delayMs: number;
  /** Fault after so many content chunks. */
  readonly fault?: { readonly kind: FaultKind; readonly after: number };
  /** HTTP status to refuse with and the waits it names. */
  readonly refusal?: { readonly status: number; readonly waits: Waits };
  /** Refusals and faults are for so many calls; later ones go well. */
  readonly faultyCalls: number;
  readonly flags: ReadonlySet<string>;
}

/** Headers in which a refusal says how long to wait; numbers are ms, except where named otherwise. */
export interface Waits {
  readonly retryAfterMs?: number;
  readonly azureRetryAfterMs?: number;
  readonly retryAfterSeconds?: number;
  /** Sent as a date so many seconds from now. */
  readonly retryAfterDateSeconds?: number;
}

const flagNames = new Set([
  // Framing of a stream.
  "utf",
  "crlf",
  "one",
  "bom",
  "multi",
  "nospace",
  "comments",
  "bad",
  "noDone",
  "doneOnly",
  "noUsage",
  // Content.
  "prose",
  "reasoning",
  "reasoningOld",
  "tool",
  "big1",
  "big100",
  "html",
  // Rerankings that are wrong.
  "rankShort",
  "rankTwice",
  "rankBeyond",
  "rankWords",
  "totalOnly",
  // Azure.
  "azf",
  "cf",
  "cff",
  "spill",
  // What it does with an answer begun by another.
  "contRestart",
  "contRepeat",
  "contPreamble",
  "contPreambleRepeat",
  "contTurn",
  "contDiverge",
]);

const faultKinds: Readonly<Record<string, FaultKind>> = {
  rst: "reset",
  end: "end",
  fin: "fin",
  stall: "stall",
  err: "error",
  brk: "broken",
};

const PLANS_KEPT = 1_000;
const plans = new Map<string, Plan>();

/**
 * Reads the tokens of a model name, for example `mock_t200_i20_n50_rst3`: first token after 200 ms, 50 tokens 20 ms
 * apart, connection reset after 3 of them. Unknown tokens are passed over, so that names can be made unique.
 *
 * - `tN iN nN dN upN`: ms to the first token, ms between tokens, tokens, ms before a whole answer, more start-up
 *   events.
 * - `rstN endN finN stallN errN brkN`: after N content chunks a reset, a clean end, a half-close, silence, an error
 *   event, half a line and the end.
 * - `eSTATUS` refuses; `raN msraN rasN radN` name the wait in retry-after-ms, x-ms-retry-after-ms, retry-after in
 *   seconds, retry-after as a date N seconds ahead. `fN`: refusals and faults are for the first N calls only.
 * - Framing: `utf` (one byte a segment) `crlf one bom multi nospace comments`; `bad` (one broken line), `noDone`,
 *   `doneOnly` (no finish), `noUsage`.
 * - Content: `prose` (sentences), `reasoning`, `reasoningOld`, `tool`, `big1` (one of 300 kB), `big100`, `html`.
 * - Rerankings: `rankShort` (the last result is missing), `rankTwice` (one text twice, another not at all), `rankBeyond`
 *   (counted from 1), `rankWords` (scores as words), `totalOnly` (usage as vLLM has it).
 * - Azure: `azf` (filter results), `cf` (400 content_filter), `cff` (finish_reason content_filter), `spill`.
 * - When the last message is an answer begun elsewhere it goes on exactly there, or with `contRestart` tells all
 *   again, with `contRepeat` repeats the last sentence, with `contPreamble` announces itself, with
 *   `contPreambleRepeat` does both, with `contTurn` goes on as a new turn does, with `contDiverge` tells it anew in
 *   other words.
 */
export function readPlan(model: string): Plan {
  const known = plans.get(model);
  if (known !== undefined) return known;
  const plan = parsePlan(model);
  if (plans.size >= PLANS_KEPT) plans.clear();
  plans.set(model, plan);
  return plan;
}

function parsePlan(model: string): Plan {
  const tokens = model.split("_");
  const number = (prefix: string) => {
    const pattern = new RegExp(`^${prefix}(\\d+)$`);
    const found = tokens.map((token) => pattern.exec(token)?.[1]).find((value) => value !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const named = <Key extends string>(key: Key, prefix: string) => {
    const value = number(prefix);
    return value === undefined ? {} : ({ [key]: value } as Record<Key, number>);
  };
  const [fault] = Object.entries(faultKinds).flatMap(([prefix, kind]) => {
    const after = number(prefix);
    return after === undefined ? [] : [{ kind, after }];
  });
  const status = number("e");
  const waits = {
    ...named("retryAfterMs", "ra"),
    ...named("azureRetryAfterMs", "msra"),
    ...named("retryAfterSeconds", "ras"),
    ...named("retryAfterDateSeconds", "rad"),
  };
  return {
    isMock: /^(mock|e\d{3}|d\d+|t\d+)(_|$)/.test(model),
    firstTokenMs: number("t") ?? 0,
    intervalMs: number("i") ?? 1,
    tokens: number("n") ?? 10,
    startEvents: number("up") ?? 0,
    delayMs: number("d") ?? 0,
    ...(fault === undefined ? {} : { fault }),
    ...(status === undefined ? {} : { refusal: { status, waits } }),
    faultyCalls: number("f") ?? Number.POSITIVE_INFINITY,
    flags: new Set(tokens.filter((token) => flagNames.has(token))),
  };
}

/** The plan without its refusals and faults: what it does once they are over. */
export function withoutFaults({ fault: _fault, refusal: _refusal, ...plan }: Plan): Plan {
  const flags = new Set(plan.flags);
  for (const name of ["cf", "html", "bad", "doneOnly", "noDone"]) flags.delete(name);
  return { ...plan, flags };
}
