const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address if a reader may follow it, else the empty string. Relative addresses are refused: answers have none. */
export function safeHref(address: string): string {
  if (!URL.canParse(address)) return "";
  return ALLOWED.has(new URL(address).protocol) ? address : "";
}
