import { type PromptSource, parseSources } from "../../../../shared/prompt-contract.ts";

/** The part of a chat completions message that the built-in model reads; everything else is ignored. */
export interface BuiltinMessage {
  readonly role: string;
  readonly content?:
    | string
    | null
    | readonly { readonly type?: string | undefined; readonly text?: string | undefined }[]
    | undefined;
}

export interface ReadMessages {
  readonly question: string;
  readonly sources: readonly PromptSource[];
  /** False when the text to quote from came as plain messages: there is nothing a marker could point at. */
  readonly hasMarkers: boolean;
}

const minPlainSourceLength = 40;

/** The text of a message, whether given as a string or as content parts. */
export function readText(message: BuiltinMessage): string {
  const { content } = message;
  if (typeof content === "string") return content;
  if (content === null || content === undefined) return "";
  return content.map((part) => part.text ?? "").join("\n");
}

/** A last message that brings its own text: the last paragraph with a question mark (or the last at all) is the question. */
function splitOwnText(text: string): { question: string; rest: string } {
  const paragraphs = text
    .split(/\n\s*\n|\n(?=(?:question|q|frage)\s*:)/i)
    .filter((part) => part.trim() !== "");
  if (paragraphs.length < 2) return { question: text, rest: "" };
  const asked = paragraphs.findLastIndex((part) => /[?？؟]\s*$/.test(part.trim()) && part.length < 400);
  const at = asked >= 0 ? asked : paragraphs.length - 1;
  return {
    question: (paragraphs[at] ?? "").replace(/^\s*(?:question|q|frage)\s*:\s*/i, ""),
    rest: paragraphs.filter((_, index) => index !== at).join("\n\n"),
  };
}

/** A follow-up comes with the form it was searched in; that form names what the follow-up only points at. */
function readFullQuestion(asked: string): string {
  return /\n\(Asked in full: ([\s\S]+)\)\s*$/.exec(asked)?.[1] ?? asked;
}

/**
 * Finds question and sources in a conversation. Sources stand in system messages in the form of the prompt contract;
 * without any, the plain text of system and earlier user messages (and of the last one, before its question) serves.
 */
export function readMessages(messages: readonly BuiltinMessage[]): ReadMessages {
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  const asked = lastUser >= 0 ? readText(messages[lastUser] ?? { role: "user" }) : "";
  const isSystem = (message: BuiltinMessage) => message.role === "system" || message.role === "developer";
  const sources = messages.filter(isSystem).flatMap((message) => parseSources(readText(message)));
  if (sources.length > 0) return { question: readFullQuestion(asked), sources, hasMarkers: true };

  const own = splitOwnText(asked);
  const texts = messages
    .filter((message, index) => isSystem(message) || (message.role === "user" && index < lastUser))
    .map(readText);
  const plain = [...texts, own.rest]
    .filter((text) => text.trim().length >= minPlainSourceLength)
    .map((text, index) => ({ number: index + 1, title: "", text }));
  return { question: own.rest === "" ? asked : own.question, sources: plain, hasMarkers: false };
}
