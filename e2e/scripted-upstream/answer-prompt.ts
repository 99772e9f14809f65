import { NOT_FOUND_ANSWER, parseSources } from "../../lib/shared/prompt-contract.ts";

interface Message {
  readonly role?: unknown;
  readonly content?: unknown;
}

const stopWords = new Set(
  "a an and are as at be by did do does for from has have how in is it its of on or that the this to was were what when where which who why will with".split(
    " ",
  ),
);

function words(text: string): Set<string> {
  const found = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(found.filter((word) => !stopWords.has(word)));
}

function textOf(message: Message | undefined): string {
  if (typeof message?.content === "string") return message.content;
  if (!Array.isArray(message?.content)) return "";
  return message.content
    .map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : ""))
    .join("\n");
}

function sentences(text: string): string[] {
  return (text.match(/[^.!?\n]+[.!?]*/g) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}

/**
 * Answers a Vouch prompt: the one sentence of the sources that shares most words with the last question, with the
 * number of its source after it; the not-found sentence when none shares a word.
 */
export function answerPrompt(messages: readonly Message[]): string {
  const system = messages.filter(({ role }) => role === "system").at(-1);
  const question = words(textOf(messages.filter(({ role }) => role === "user").at(-1)));
  let best = { score: 0, text: NOT_FOUND_ANSWER };
  for (const source of parseSources(textOf(system))) {
    for (const sentence of sentences(source.text)) {
      const score = [...words(sentence)].filter((word) => question.has(word)).length;
      const ended = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
      if (score > best.score) best = { score, text: `${ended} [${source.number}]` };
    }
  }
  return best.text;
}
