/** The title a file has until its content names a better one: its name without folder and ending. */
export function titleFromFileName(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? fileName;
  const stem = base
    .replace(/\.[A-Za-z0-9]{1,8}$/, "")
    .replaceAll(/[_\s]+/g, " ")
    .trim();
  return (stem === "" ? base : stem).slice(0, 300) || "Document";
}

/** A file name that is safe to store and to send in a header: no folders, no control characters. */
export function safeFileName(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? "";
  const clean = base
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"<>|?*:]/gu, "_")
    .trim()
    .toWellFormed();
  const short =
    clean.length > 180 ? clean.slice(0, 140).toWellFormed() + clean.slice(-40).toWellFormed() : clean;
  return short === "" || /^\.+$/.test(short) ? "document" : short;
}
