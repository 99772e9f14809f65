/**
 * All clients of the embedded database share one PostgreSQL session. This file says which statements would leave
 * something behind in it, and refuses them with an error that names the way out. It is a courtesy to developers:
 * what slips through (say, inside a DO block) is wiped when the next client takes its turn.
 */
import type { WireError } from "./backend-messages.ts";
import { tokenizeStatements } from "./sql-tokens.ts";

/**
 * What a statement may leave in the session when its transaction is over. `nothing`: its words say so. `settings`: a role
 * or a setting at most. `anything`: temporary tables, locks or cursors as well.
 */
export type Leaving = "nothing" | "settings" | "anything";

/** In the order in which they contain one another. */
const LEAVINGS: readonly Leaving[] = ["nothing", "settings", "anything"];

/** What two that run one after the other may leave. */
export function bothLeave(one: Leaving, other: Leaving): Leaving {
  return LEAVINGS.indexOf(one) < LEAVINGS.indexOf(other) ? other : one;
}

/** `refusal`: answer this instead of running it. */
export type StatementPolicy = { refusal?: WireError; leaves: Leaving };

const WORTH_TOKENIZING =
  /\b(?:set|listen|prepare|deallocate|discard|temp|temporary|hold|stdin|set_config|pg_(?:try_)?advisory_lock(?:_shared)?)\b/i;
/**
 * First words of statements that leave nothing by themselves. A function they call could; none of the program's own does,
 * and `set_config` is looked at.
 */
const LEAVE_NOTHING = new Set(
  "begin start commit end rollback abort savepoint release show select with values insert update delete merge".split(
    " ",
  ),
);
/** First words of statements whose text does not say what they do, or that leave more than settings. */
const LEAVE_ANYTHING = new Set(["do", "call", "declare", "listen"]);
const TEMPORARY = new Set(["temp", "temporary"]);
const SESSION_LOCK = /^pg_(?:try_)?advisory_lock(?:_shared)?$/;
const WORTH_WIPING_ALL = /temp|advisory|listen|declare|\bdo\b|\bcall\b/i;
const LOCAL_SETTINGS = new Set(["local", "transaction", "constraints"]);

const CACHED_TEXT_LENGTH_MAX = 4_000;
const CACHED_POLICIES_MAX = 1_000;
const cachedPolicies = new Map<string, StatementPolicy>();

/** @param sql the statement text, one character per byte (latin1). */
export function statementPolicy(sql: string): StatementPolicy {
  const known = cachedPolicies.get(sql);
  if (known) return known;
  const refusal = WORTH_TOKENIZING.test(sql) ? findRefusal(sql) : undefined;
  const policy: StatementPolicy = { leaves: leavingOf(sql), ...(refusal && { refusal }) };
  if (sql.length <= CACHED_TEXT_LENGTH_MAX) {
    if (cachedPolicies.size >= CACHED_POLICIES_MAX) cachedPolicies.clear();
    cachedPolicies.set(sql, policy);
  }
  return policy;
}

function leavingOf(sql: string): Leaving {
  // Long texts differ each time (lists of values): reading them word by word would cost more than the wiping.
  if (sql.length > CACHED_TEXT_LENGTH_MAX) return WORTH_WIPING_ALL.test(sql) ? "anything" : "settings";
  return tokenizeStatements(sql).map(leavingOfStatement).reduce(bothLeave, "nothing");
}

function leavingOfStatement(tokens: readonly string[]): Leaving {
  const [head] = tokens;
  if (head === undefined) return "nothing";
  if (LEAVE_ANYTHING.has(head) || tokens.some((token) => TEMPORARY.has(token) || SESSION_LOCK.test(token))) {
    return "anything";
  }
  // Outside a transaction it does nothing at all.
  if (head === "set" && tokens[1] === "local") return "nothing";
  const isLocal = tokens.every(
    (token, index) => token !== "set_config" || lastArgument(tokens, index + 1) === "true",
  );
  return LEAVE_NOTHING.has(head) && isLocal ? "nothing" : "settings";
}

function findRefusal(sql: string): WireError | undefined {
  for (const tokens of tokenizeStatements(sql)) {
    const refusal = refusalOfHead(tokens) ?? refusalOfCalls(tokens);
    if (refusal) return refusal;
  }
  return undefined;
}

function refusalOfHead(tokens: string[]): WireError | undefined {
  const [head, second = ""] = tokens;
  if (head === "set" && !LOCAL_SETTINGS.has(second)) {
    return refuse(
      "SET for the session",
      "Use SET LOCAL or set_config(name, value, true) inside a transaction.",
    );
  }
  if (head === "listen") return refuse("LISTEN", "Poll instead.");
  if (head === "prepare") return refuse("PREPARE", "Use the prepared statements of your driver.");
  if (head === "deallocate" || (head === "discard" && (second === "all" || second === "plans"))) {
    return refuse(head.toUpperCase(), "The session is cleaned between clients by itself.");
  }
  if (head === "declare" && hasSequence(tokens, "with", "hold")) {
    return refuse("WITH HOLD cursors", "Read the cursor inside a transaction.");
  }
  if (head === "copy" && hasSequence(tokens, "from", "stdin")) {
    return refuse("COPY FROM STDIN", "Insert many rows with one INSERT.");
  }
  if (createsTemporary(tokens)) {
    return refuse("temporary objects that outlive a transaction", "Add ON COMMIT DROP inside a transaction.");
  }
  return undefined;
}

function createsTemporary(tokens: string[]): boolean {
  const at = tokens.findIndex((token) => token === "temp" || token === "temporary");
  if (at < 0 || hasSequence(tokens, "on", "commit", "drop")) return false;
  const before = tokens[at - 1] ?? "";
  const creates = tokens[0] === "create" && (at <= 2 || (tokens[1] === "or" && at <= 4));
  const into = before === "into" || (["local", "global"].includes(before) && tokens[at - 2] === "into");
  return creates || into;
}

function refusalOfCalls(tokens: string[]): WireError | undefined {
  for (const [index, token] of tokens.entries()) {
    if (tokens[index + 1] !== "(") continue;
    if (SESSION_LOCK.test(token)) {
      return refuse("session advisory locks", "Use pg_advisory_xact_lock inside a transaction.");
    }
    if (token === "set_config" && lastArgument(tokens, index + 1) === "false") {
      return refuse("set_config for the session", "Pass true as its third argument, inside a transaction.");
    }
  }
  return undefined;
}

/** The token before the parenthesis that closes the one at `open`. */
function lastArgument(tokens: readonly string[], open: number): string | undefined {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (tokens[index] === "(") depth += 1;
    else if (tokens[index] === ")") depth -= 1;
    if (depth === 0) return tokens[index - 1];
  }
  return undefined;
}

function hasSequence(tokens: string[], ...wanted: string[]): boolean {
  return tokens.some((_, start) => wanted.every((word, index) => tokens[start + index] === word));
}

function refuse(what: string, hint: string): WireError {
  return {
    severity: "ERROR",
    code: "0A000",
    message: `${what}: not available in the embedded database, whose clients share one session`,
    hint,
  };
}
