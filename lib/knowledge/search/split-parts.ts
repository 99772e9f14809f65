const PARTS_MAX = 4;
const WORDS_MIN = 3;

/**
 * The questions of a text that asks several: sentences that end with a question mark, and `..., and how ...` inside one.
 * Empty for a single question. A part that leans on the one before (`and how is it paid`) is only as good as its own
 * words, so parts are searched beside the whole question, never in its place.
 */
export function splitParts(question: string): string[] {
  const parts = question
    .split(
      /(?<=\?)\s+|;\s+|,?\s+(?:and|und|et|y)\s+(?=(?:what|who|when|where|why|which|how|whose|wann|wie|wo|warum|quand|comment|cuándo|cómo)\s)/iu,
    )
    .map((part) => part.trim())
    .filter((part) => (part.match(/[\p{L}\p{N}]+/gu)?.length ?? 0) >= WORDS_MIN);
  return parts.length > 1 ? parts.slice(0, PARTS_MAX) : [];
}
