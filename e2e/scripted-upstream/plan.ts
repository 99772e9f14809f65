/** What a scripted model does, read from its name. */
export interface Plan {
  /** True for names that ask for plain scripted tokens; others answer the prompt. */
  readonly isMock: boolean;
  /** Before the first token of a stream, ms. */
  readonly firstTokenMs: number;
  readonly intervalMs: number;
  readonly tokens: number;
  /** Before a whole answer, ms. */
  readonly delayMs: number;
  /** Fault after so many content chunks. */
  readonly fault?: { readonly kind: "reset" | "end" | "fin" | "stall" | "error"; readonly after: number };
  /** HTTP status to refuse with, the retry-after-ms to send, how many calls it lasts. */
  readonly refusal?: {
    readonly status: number;
    readonly retryAfterMs?: number;
    readonly retryAfter?: string;
    readonly times: number;
  };
  readonly flags: ReadonlySet<string>;
}

const flagNames = [
  "bad",
  "utf",
  "crlf",
  "azf",
  "cf",
  "noUsage",
  "reasoning",
  "reasoningOld",
  "tool",
  "one",
  "bom",
  "multi",
  "nospace",
  "comments",
  "noDone",
  "doneOnly",
  "big1",
  "big100",
  "html",
  "n2",
];

const faultKinds = { rst: "reset", end: "end", fin: "fin", stall: "stall", err: "error" } as const;

/**
 * Reads the tokens of a model name, for example `mock_t200_i20_n50_rst3`: first token after 200 ms, 50 tokens 20 ms
 * apart, connection reset after 3 of them. Unknown tokens are passed over, so that names can be made unique.
 *
 * `tN iN nN dN` times and counts; `rstN endN finN stallN errN` faults after N content chunks; `eSTATUS` refuses, with
 * `raN` (retry-after-ms), `rasN` (retry-after in seconds) and `fN` (only the first N calls); the rest are flags.
 */
export function readPlan(model: string): Plan {
  const tokens = model.split("_");
  const number = (prefix: string) => {
    const pattern = new RegExp(`^${prefix}(\\d+)$`);
    const found = tokens.map((token) => pattern.exec(token)?.[1]).find((value) => value !== undefined);
    return found === undefined ? undefined : Number(found);
  };
  const fault = Object.entries(faultKinds)
    .map(([prefix, kind]) => ({ kind, after: number(prefix) }))
    .find(({ after }) => after !== undefined);
  const status = number("e");
  const retryAfterMs = number("ra");
  const retryAfterSeconds = number("ras");
  return {
    isMock: /^(mock|e\d{3}|d\d+|t\d+)(_|$)/.test(model),
    firstTokenMs: number("t") ?? 0,
    intervalMs: number("i") ?? 1,
    tokens: number("n") ?? 10,
    delayMs: number("d") ?? 0,
    ...(fault?.after === undefined ? {} : { fault: { kind: fault.kind, after: fault.after } }),
    ...(status === undefined
      ? {}
      : {
          refusal: {
            status,
            times: number("f") ?? Number.POSITIVE_INFINITY,
            ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
            ...(retryAfterSeconds === undefined ? {} : { retryAfter: String(retryAfterSeconds) }),
          },
        }),
    flags: new Set(tokens.filter((token) => flagNames.includes(token))),
  };
}
