const symbolPattern = /[{}[\]<>=\\`#~^]|"\s*[:,]|\s"|--\w/g;
const symbolShareLimit = 0.025;
const gluedPattern = /\p{Ll}\p{Lu}\p{Ll}|[.!?)]\p{Lu}\p{Ll}/gu;
const gluedLimit = 3;
const longWords = 14;

/**
 * 0 for language, 1 for what extraction leaves behind: program code, menus and tables of contents run together,
 * cells glued into one word. Looks at symbols, at capitals inside words, and at long runs without any punctuation.
 */
export function measureDebris(text: string): number {
  const symbols = text.match(symbolPattern)?.length ?? 0;
  if (symbols >= 4 && symbols / text.length > symbolShareLimit) return 1;
  const glued = (text.match(gluedPattern)?.length ?? 0) / gluedLimit;
  const words = text.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  const isUnpunctuated = words.length >= longWords && !/[.!?:;…。！？]["'”’»)\]*]*$/u.test(text);
  const isMenu = isUnpunctuated && capitals / words.length > 0.35 ? 1 : 0;
  return Math.min(1, Math.max(glued >= 0.6 ? glued : 0, isMenu, isUnpunctuated ? 0.3 : 0));
}
