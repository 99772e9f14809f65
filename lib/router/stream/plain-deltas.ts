import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { StreamReading } from "./read-chunk.ts";
import { tokensInText } from "./read-chunk.ts";

/** Events whose form is learnt at most: an upstream whose every event differs must not pay for it each time. */
const MAX_LESSONS = 8;

/** Stands for the text while a form is checked; no model says it. */
const PROBE = "\uE000probe";

/** Places looked at for the text of one event. */
const MAX_PLACES = 4;

/** The choices of a plain delta: always the first, never finished. Shared, so that it is known by identity. */
const FIRST_CHOICE: readonly number[] = [0];
const NO_CHOICE: readonly number[] = [];

/** What ends a JSON string or stands in it as something else than itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings.
const UNPLAIN = /["\\\u0000-\u001F]/;

/**
 * Knows the events of one stream that differ from an earlier one in nothing but the text of the delta, without parsing
 * them.
 *
 * A form is the text before and after the delta's text in an event that was parsed. Whether these are the right places
 * is checked by putting another text between them and parsing that. From then on an event with the same two ends and
 * nothing between them that JSON would read as something else than itself is that event with another text. All other
 * events are parsed as ever.
 */
export class PlainDeltas {
  #before = "";
  #after = "";
  #lessonsLeft = MAX_LESSONS;
  readonly #readChunk: (chunk: JsonObject) => StreamReading;

  /** @param readChunk how parsed events of the stream are read. */
  constructor(readChunk: (chunk: JsonObject) => StreamReading) {
    this.#readChunk = readChunk;
  }

  /** What the event says; undefined when it must be parsed. */
  read(data: string): StreamReading | undefined {
    const before = this.#before;
    const end = data.length - this.#after.length;
    if (before === "" || end <= before.length) return undefined;
    if (!data.startsWith(before) || !data.endsWith(this.#after)) return undefined;
    const text = data.slice(before.length, end);
    return UNPLAIN.test(text) ? undefined : readingOf(text);
  }

  /** Learns the form of an event that was parsed and is passed on as it came, if it is a plain delta. */
  learn(data: string, reading: StreamReading): void {
    if (this.#lessonsLeft === 0 || !isPlain(reading) || UNPLAIN.test(reading.text)) return;
    this.#lessonsLeft -= 1;
    const quoted = `"${reading.text}"`;
    let at = data.indexOf(quoted);
    for (let places = 0; at !== -1 && places < MAX_PLACES; places += 1) {
      const before = data.slice(0, at + 1);
      const after = data.slice(at + quoted.length - 1);
      if (this.#isForm(before, after)) {
        this.#before = before;
        this.#after = after;
        return;
      }
      at = data.indexOf(quoted, at + 1);
    }
  }

  /** True when what stands between the two is the delta's text. */
  #isForm(before: string, after: string): boolean {
    let chunk: unknown;
    try {
      chunk = JSON.parse(before + PROBE + after);
    } catch {
      return false;
    }
    if (!isJsonObject(chunk)) return false;
    const reading = this.#readChunk(chunk);
    return reading.text === PROBE && isPlain(reading);
  }
}

function readingOf(text: string): StreamReading {
  return {
    isOutput: true,
    isUsageOnly: false,
    usage: undefined,
    deltaTokens: tokensInText(text),
    text,
    isBound: false,
    indexes: FIRST_CHOICE,
    finished: NO_CHOICE,
    error: undefined,
  };
}

/** True when the reading holds the text of the first choice and nothing else. */
function isPlain(reading: StreamReading): boolean {
  return (
    reading.text !== "" &&
    reading.isOutput &&
    reading.deltaTokens === tokensInText(reading.text) &&
    reading.usage === undefined &&
    reading.error === undefined &&
    !reading.isBound &&
    reading.finished.length === 0 &&
    reading.indexes.length === 1 &&
    reading.indexes[0] === 0
  );
}
