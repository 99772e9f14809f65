import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import { questionRules } from "./question-rules.ts";

/** The two kinds of model a tiered alias chooses between. */
export type Tier = "light" | "heavy";

/** How hard a request looks, and why. */
export interface ComplexityDecision {
  readonly tier: Tier;
  /** Every rule that counted, for people: ASCII, no commas or semicolons. Empty for a plain question. */
  readonly reasons: readonly string[];
  /** Sum of the rules' points; 3 and more is heavy. */
  readonly score: number;
}

/** Points from which a request goes to the heavy model. */
const HEAVY_FROM = 3;

/** A question over this many characters is long without counting its words. */
const LONG_CHARACTERS = 2_500;

/** What is asked stands at the beginning or at the end of a question; what lies between is mostly material. */
const JUDGED_HEAD = 800;
const JUDGED_TAIL = 400;

/** Points by the first bound that is passed. */
type Ladder = readonly (readonly [bound: number, points: number])[];

const QUESTION_WORDS: Ladder = [
  [300, 3],
  [120, 2],
  [30, 1],
];
const PROMPT_CHARACTERS: Ladder = [
  [120_000, 3],
  [40_000, 1],
];
const USER_TURNS: Ladder = [
  [8, 2],
  [4, 1],
];

/**
 * Judges how hard a chat request is, from its form and from the words of its last question; no model is asked. Every
 * rule that counts is named, so that the decision can be read in a header and in a trace.
 *
 * @param body a request for chat completions; unknown shapes count as light.
 */
export function classifyComplexity(body: JsonObject): ComplexityDecision {
  const reasons: string[] = [];
  let score = 0;
  const add = (reason: string, points: number) => {
    if (points === 0) return;
    reasons.push(reason);
    score += points;
  };
  const prompt = readPrompt(body.messages);
  if (hasItems(body.tools) || hasItems(body.functions)) add("tools", 3);
  if (prompt.hasMedia) add("an image or a file", 3);
  if (body.reasoning_effort === "high" || body.reasoning_effort === "medium") add("reasoning asked for", 3);
  if (isJsonObject(body.response_format) && body.response_format.type === "json_schema") add("a schema", 1);
  add("a long prompt", climb(PROMPT_CHARACTERS, prompt.characters));
  add("many turns", climb(USER_TURNS, prompt.userTurns));
  add("a long question", pointsForLength(prompt.question));
  const words = judgedPart(prompt.question).toLowerCase();
  for (const rule of questionRules) if (rule.applies(words)) add(rule.reason, rule.points);
  return { tier: score >= HEAVY_FROM ? "heavy" : "light", reasons, score };
}

/** The decision in one line for the header `x-vouch-tier`: `heavy; compares, two questions`. */
export function tierHeader({ tier, reasons }: ComplexityDecision): string {
  return reasons.length === 0 ? tier : `${tier}; ${reasons.join(", ")}`;
}

interface PromptReading {
  /** Text of the last message of the user. */
  readonly question: string;
  readonly characters: number;
  readonly userTurns: number;
  readonly hasMedia: boolean;
}

function readPrompt(messages: unknown): PromptReading {
  let question = "";
  let characters = 0;
  let userTurns = 0;
  let hasMedia = false;
  for (const message of Array.isArray(messages) ? messages : []) {
    if (!isJsonObject(message)) continue;
    const { text, isPlain } = readContent(message.content);
    characters += text.length;
    if (message.role !== "user") continue;
    hasMedia ||= !isPlain;
    userTurns += 1;
    question = text;
  }
  return { question, characters, userTurns, hasMedia };
}

function readContent(content: unknown): { text: string; isPlain: boolean } {
  if (typeof content === "string") return { text: content, isPlain: true };
  if (!Array.isArray(content)) return { text: "", isPlain: true };
  const texts = content.map((part) =>
    isJsonObject(part) && typeof part.text === "string" ? part.text : undefined,
  );
  return { text: texts.filter((text) => text !== undefined).join("\n"), isPlain: !texts.includes(undefined) };
}

function judgedPart(question: string): string {
  if (question.length <= JUDGED_HEAD + JUDGED_TAIL) return question;
  return `${question.slice(0, JUDGED_HEAD)}\n${question.slice(-JUDGED_TAIL)}`;
}

function pointsForLength(question: string): number {
  return climb(
    QUESTION_WORDS,
    question.length > LONG_CHARACTERS ? Number.POSITIVE_INFINITY : countWords(question),
  );
}

/** Words; two characters of a script that is written without spaces count as one. */
function countWords(text: string): number {
  const spaced = text.match(/\S+/gu)?.length ?? 0;
  const unspaced =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  return spaced + Math.floor(unspaced / 2);
}

function climb(ladder: Ladder, value: number): number {
  return ladder.find(([bound]) => value > bound)?.[1] ?? 0;
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
