import type { UIMessage } from "ai";
import {
  type ChatDataParts,
  type CitationData,
  dataPartSchemas,
  type GenerationData,
  reasoningPartSchema,
  type SourceData,
  type StoredMessage,
} from "@/lib/chat/schema.ts";

/** A message as the interface holds it: text and our data parts. */
export type VouchMessage = UIMessage<unknown, ChatDataParts>;

/** A stored message in the interface's form; parts of unknown kinds or shapes are left out. */
export function toVouchMessage(stored: StoredMessage): VouchMessage {
  return {
    id: stored.id,
    role: stored.role,
    parts: stored.parts.filter(isKnownPart) as VouchMessage["parts"],
  };
}

/** True for text, for thoughts and for data that matches its schema. Everything that reaches the screen passes here once. */
export function isKnownPart(part: { type: string; text?: unknown; data?: unknown }): boolean {
  if (part.type === "text") return typeof part.text === "string";
  if (part.type === "reasoning") return reasoningPartSchema.safeParse(part).success;
  const name = part.type.startsWith("data-") ? part.type.slice(5) : "";
  if (!isDataName(name)) return false;
  return dataPartSchemas[name].safeParse(part.data).success;
}

function isDataName(name: string): name is keyof ChatDataParts {
  return Object.hasOwn(dataPartSchemas, name);
}

/** The whole text of a message; offsets of checks count into this. */
export function messageText(message: VouchMessage): string {
  return message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** What a model thought before it answered. */
export interface Thoughts {
  readonly text: string;
  /** Null while it thinks, and for thoughts that were cut short. */
  readonly durationMs: number | null;
}

/** The thoughts beside an answer, as one; undefined for a model that shows none. */
export function thoughtsOf(message: VouchMessage): Thoughts | undefined {
  const parts = message.parts.flatMap((part) => {
    const thought = part.type === "reasoning" ? reasoningPartSchema.safeParse(part) : undefined;
    return thought?.success && thought.data.text !== "" ? [thought.data] : [];
  });
  if (parts.length === 0) return undefined;
  const durations = parts.map(({ providerMetadata }) => providerMetadata?.vouch?.durationMs);
  return {
    text: parts.map(({ text }) => text.trim()).join("\n\n"),
    durationMs: durations.reduce<number | null>(
      (sum, duration) => (sum === null || duration === undefined ? null : sum + duration),
      0,
    ),
  };
}

/** The last data part of a kind, which is the valid one. */
export function lastData<Name extends keyof ChatDataParts>(
  message: VouchMessage,
  name: Name,
): ChatDataParts[Name] | undefined {
  const part = message.parts.findLast((candidate) => candidate.type === `data-${name}`);
  return part && "data" in part ? (part.data as ChatDataParts[Name]) : undefined;
}

/** Every data part of a kind, in order. */
export function allData<Name extends keyof ChatDataParts>(
  message: VouchMessage,
  name: Name,
): ChatDataParts[Name][] {
  return message.parts.flatMap((part) =>
    part.type === `data-${name}` && "data" in part ? [part.data as ChatDataParts[Name]] : [],
  );
}

/** Citations by marker; a later part for the same marker (with its verdict, say) replaces the earlier. */
export function citationsOf(message: VouchMessage): CitationData[] {
  const byMarker = new Map(allData(message, "citation").map((citation) => [citation.marker, citation]));
  return [...byMarker.values()].sort((left, right) => left.marker - right.marker);
}

/** The passages the model was given, by their number. */
export function sourcesOf(message: VouchMessage): SourceData[] {
  const byNumber = new Map(allData(message, "source").map((source) => [source.number, source]));
  return [...byNumber.values()].sort((left, right) => left.number - right.number);
}

/** The run that writes or wrote this answer, when known. */
export function generationOf(message: VouchMessage): GenerationData | undefined {
  return lastData(message, "generation");
}
