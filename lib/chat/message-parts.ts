import type { GenerationData } from "./schema.ts";

/** A part or chunk as stored: a type and whatever belongs to it. */
type Loose = { readonly type: string; readonly [field: string]: unknown };

function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/**
 * The message parts that a reader who saw these chunks has on the screen: deltas of text and thoughts joined, data parts with one id
 * replacing each other in place. This is the AI SDK's rule, so a stored message equals the streamed one.
 */
export function partsFromChunks(chunks: Iterable<unknown>): Loose[] {
  const parts: Loose[] = [];
  const positionByKey = new Map<string, number>();
  for (const chunk of chunks) {
    if (!isLoose(chunk)) continue;
    if (chunk.type === "text-start") {
      positionByKey.set(
        `text:${String(chunk.id)}`,
        parts.push({ type: "text", text: "", state: "done" }) - 1,
      );
    } else if (chunk.type === "text-delta") {
      const position = positionByKey.get(`text:${String(chunk.id)}`);
      const part = position === undefined ? undefined : parts[position];
      if (position !== undefined && part !== undefined) {
        parts[position] = { ...part, text: String(part.text) + String(chunk.delta) };
      }
    } else if (chunk.type.startsWith("reasoning-")) {
      takeReasoning(chunk, parts, positionByKey);
    } else if (chunk.type.startsWith("data-")) {
      const key = `${chunk.type}:${String(chunk.id)}`;
      const position = positionByKey.get(key);
      if (position === undefined) positionByKey.set(key, parts.push(chunk) - 1);
      else parts[position] = chunk;
    }
  }
  return parts;
}

/** Thoughts cut short by a stop or a fault stay as they were, without a duration. */
function takeReasoning(chunk: Loose, parts: Loose[], positionByKey: Map<string, number>): void {
  const key = `reasoning:${String(chunk.id)}`;
  if (chunk.type === "reasoning-start") {
    const part = { type: "reasoning", id: chunk.id, text: "", state: "done" };
    positionByKey.set(key, parts.push(part) - 1);
    return;
  }
  const position = positionByKey.get(key);
  const part = position === undefined ? undefined : parts[position];
  if (position === undefined || part === undefined) return;
  if (chunk.type === "reasoning-delta") {
    parts[position] = { ...part, text: String(part.text) + String(chunk.delta) };
  } else if (chunk.providerMetadata !== undefined) {
    parts[position] = { ...part, providerMetadata: chunk.providerMetadata };
  }
}

/** All text of a message's parts, its thoughts left out. */
export function textOfParts(parts: readonly unknown[]): string {
  return parts
    .filter(isLoose)
    .filter((part) => part.type === "text")
    .map((part) => String(part.text ?? ""))
    .join("\n");
}

/** The data of the first part of a type, when there is one. */
export function dataOfPart<Data>(parts: readonly unknown[], type: `data-${string}`): Data | undefined {
  return parts.filter(isLoose).find((part) => part.type === type)?.data as Data | undefined;
}

/** The chunk and part that says how a run stands; one id, so the last one replaces the first. */
export function generationChunk(data: GenerationData) {
  return { type: "data-generation", id: data.generationId, data } as const;
}
