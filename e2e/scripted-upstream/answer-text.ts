import { answerNotes } from "./answer-notes.ts";
import { answerPrompt } from "./answer-prompt.ts";
import type { Plan } from "./plan.ts";
import { prosePieces } from "./prose.ts";
import { sampleOfSchema } from "./sample-schema.ts";
import { begunAnswer, messagesOf, promptsOf, type ScriptBody } from "./script-body.ts";

const BIG_CHARACTERS = 300_000;
const JSON_PIECE_CHARACTERS = 8;
const PREAMBLE = "Certainly, continuing from where I stopped: ";
const REPEATED_WORDS = 4;

/** Shorter ends of a prompt that look like a beginning of the answer are chance. */
const MIN_PROMPT_OVERLAP = 4;

/** The pieces of text a model answers with; those that are left when the answer was begun elsewhere. */
export function answerPieces(plan: Plan, body: ScriptBody, choice = 0): string[] {
  const whole = wholePieces(plan, body, choice);
  const begun = body.prompt === undefined ? begunAnswer(body) : begunInPrompt(whole.join(""), body);
  return begun === undefined ? whole : continued(plan, whole, begun);
}

function wholePieces(plan: Plan, body: ScriptBody, choice: number): string[] {
  const json = jsonAnswer(body);
  if (json !== undefined) return cutEvery(json, JSON_PIECE_CHARACTERS);
  if (!plan.isMock) {
    const messages = messagesOf(body);
    return cutWords(answerNotes(messages) ?? answerPrompt(messages));
  }
  if (plan.flags.has("big1")) return ["x".repeat(BIG_CHARACTERS)];
  if (plan.flags.has("big100")) return Array.from({ length: 100 }, () => "x".repeat(BIG_CHARACTERS));
  if (plan.flags.has("prose")) return prosePieces(plan.tokens);
  const accents = plan.flags.has("utf") ? "é漢😀" : "";
  const mark = choice === 0 ? "" : `c${choice}`;
  return Array.from({ length: plan.tokens }, (_, index) => `tok${index}${mark}${accents} `);
}

/** What a structured output asks for: an object of its schema. */
function jsonAnswer(body: ScriptBody): string | undefined {
  const format = (body.response_format ?? body.text?.format) as
    | {
        readonly type?: unknown;
        readonly json_schema?: { readonly schema?: unknown };
        readonly schema?: unknown;
      }
    | undefined;
  if (format?.type === "json_object") return JSON.stringify({ answer: "scripted" });
  if (format?.type !== "json_schema") return undefined;
  return JSON.stringify(sampleOfSchema(format.json_schema?.schema ?? format.schema));
}

function continued(plan: Plan, whole: readonly string[], begun: string): string[] {
  const text = whole.join("");
  const { flags } = plan;
  if (flags.has("contRestart")) return [...whole];
  if (flags.has("contDiverge")) return cutWords(retold(text));
  const rest = text.startsWith(begun)
    ? text.slice(begun.length)
    : whole.slice(cutWords(begun).length).join("");
  if (flags.has("contRepeat")) return cutWords(lastSentence(begun) + rest);
  if (flags.has("contPreambleRepeat")) return cutWords(PREAMBLE + lastSentence(begun) + rest);
  if (flags.has("contPreamble")) return cutWords(PREAMBLE + fromWholeWord(begun, rest));
  if (flags.has("contTurn")) return cutWords(fromWholeWord(begun, rest));
  return cutWords(rest);
}

/** The same beginning, then other words: as of a model that thinks it over. */
function retold(text: string): string {
  const half = Math.ceil(text.length / 2);
  return `${text.slice(0, half)} but, on second thoughts, ${text.slice(half).toUpperCase()}`;
}

/** What a turn of its own goes on with: no blank before its first word, and that word whole. */
function fromWholeWord(begun: string, rest: string): string {
  const broken = /^\w/.test(rest) ? (/\w+$/.exec(begun)?.[0] ?? "") : "";
  return (broken + rest).trimStart();
}

/** The last sentence of a text, whole or not; its last words when it has no sentences. */
function lastSentence(text: string): string {
  const start = /[.!?]\s+(?=\S[^.!?]*[.!?]?\s*$)/.exec(text);
  if (start !== null) return text.slice(start.index + start[0].length);
  return (text.match(/\S+\s*/g) ?? []).slice(-REPEATED_WORDS).join("");
}

/** The beginning of the answer that a prompt of `/completions` ends with. */
function begunInPrompt(whole: string, body: ScriptBody): string | undefined {
  const [text = ""] = promptsOf(body);
  for (let length = Math.min(whole.length, text.length); length >= MIN_PROMPT_OVERLAP; length -= 1) {
    if (text.endsWith(whole.slice(0, length))) return whole.slice(0, length);
  }
  return undefined;
}

function cutWords(text: string): string[] {
  return text.match(/^\s+|\S+\s*/g) ?? [];
}

function cutEvery(text: string, characters: number): string[] {
  const count = Math.ceil(text.length / characters);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * characters, (index + 1) * characters),
  );
}
