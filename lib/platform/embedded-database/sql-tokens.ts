const WORD = /[A-Za-z_\x80-\xff][\w$\x80-\xff]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$/y;
const PLAIN_STRING = /'(?:[^']|'')*(?:'|$)/y;
const ESCAPE_STRING = /[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y;
const QUOTED_NAME = /"(?:[^"]|"")*(?:"|$)/y;
const BLANK = /[\s\0]+/y;
const LINE_COMMENT = /--[^\n]*/y;

/**
 * The words and punctuation of an SQL text in lower case, one array per statement, with comments left out, each
 * string reduced to `'` and each quoted name to `"`. Enough to recognise statements, not to understand them.
 *
 * @param sql one character per byte (latin1), which keeps every offset and every ASCII character in place.
 */
export function tokenizeStatements(sql: string): string[][] {
  const statements: string[][] = [[]];
  let offset = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    const match = pattern.exec(sql)?.[0];
    if (match !== undefined) offset += match.length;
    return match;
  };
  while (offset < sql.length) {
    if (take(BLANK) !== undefined || take(LINE_COMMENT) !== undefined) continue;
    if (sql.startsWith("/*", offset)) {
      offset = blockCommentEnd(sql, offset);
      continue;
    }
    const tokens = statements[statements.length - 1] ?? [];
    const tag = take(DOLLAR_TAG);
    if (tag !== undefined) {
      const end = sql.indexOf(tag, offset);
      offset = end < 0 ? sql.length : end + tag.length;
      tokens.push("'");
    } else if (take(ESCAPE_STRING) !== undefined || take(PLAIN_STRING) !== undefined) tokens.push("'");
    else if (take(QUOTED_NAME) !== undefined) tokens.push('"');
    else {
      const token = take(WORD)?.toLowerCase() ?? sql.charAt(offset++);
      if (token === ";") statements.push([]);
      else tokens.push(token);
    }
  }
  return statements.filter((tokens) => tokens.length > 0);
}

/** Block comments nest in PostgreSQL. */
function blockCommentEnd(sql: string, start: number): number {
  let depth = 1;
  let offset = start + 2;
  while (depth > 0 && offset < sql.length) {
    if (sql.startsWith("/*", offset)) {
      depth += 1;
      offset += 2;
    } else if (sql.startsWith("*/", offset)) {
      depth -= 1;
      offset += 2;
    } else offset += 1;
  }
  return offset;
}
