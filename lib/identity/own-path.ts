/**
 * The path (with query and fragment) of an address of our own; `/` for anything that leads elsewhere: another origin,
 * `//host`, `\host`, `javascript:`.
 */
export function ownPath(address: unknown, ownOrigins: readonly string[]): string {
  // No path of ours holds a backslash, and browsers read it as a slash.
  if (typeof address !== "string" || address === "" || address.includes("\\")) return "/";
  // Parsed as a browser would, against a host nobody has: what ends up on another one was not a path.
  const base = "http://own.invalid";
  if (!URL.canParse(address, base)) return "/";
  const url = new URL(address, base);
  if (url.origin !== base && !ownOrigins.includes(url.origin)) return "/";
  const path = url.pathname + url.search + url.hash;
  // A path that begins with two slashes would be read as a host when it stands alone.
  return path.startsWith("//") ? "/" : path;
}
