/** Deeper than any request that means something; writing such a value again would exhaust the stack. */
const MAX_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * True when JSON is nested deeper than 256 levels. `JSON.parse` takes any depth, `JSON.stringify` throws from some
 * thousand levels on. Bodies with fewer brackets than that, nearly all there are, cost two searches for a byte.
 */
export function isTooDeep(json: Buffer): boolean {
  const brackets = countUpTo(json, OPEN_LIST, MAX_DEPTH + 1) + countUpTo(json, OPEN_OBJECT, MAX_DEPTH + 1);
  return brackets > MAX_DEPTH && measureDepth(json) > MAX_DEPTH;
}

function countUpTo(bytes: Buffer, wanted: number, limit: number): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at !== -1 && count < limit; at = bytes.indexOf(wanted, at + 1)) {
    count += 1;
  }
  return count;
}

/** Depth of the brackets outside of strings; stops where it is too much. */
function measureDepth(bytes: Buffer): number {
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    if (depth > MAX_DEPTH) break;
  }
  return depth;
}

function endOfString(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return bytes.length;
}
