import type { ClientEncoder } from "../endpoints/client-encoder.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { ClientStream } from "./client-stream.ts";
import { ContinuationJoiner, type ContinuationManner } from "./join-continuation.ts";
import { KeptText } from "./kept-text.ts";
import type { ChunkReading, TokenUsage } from "./read-chunk.ts";

/** One event of an upstream, read. */
export class ReadEvent {
  /** As JSON on one line. */
  readonly raw: string;
  readonly reading: ChunkReading;
  #chunk: JsonObject | undefined;

  /** @param chunk undefined when the event was read without being parsed. */
  constructor(raw: string, reading: ChunkReading, chunk: JsonObject | undefined) {
    this.raw = raw;
    this.reading = reading;
    this.#chunk = chunk;
  }

  /** False for an event that was known by its form: it differs from an earlier one in the delta's text alone. */
  get isParsed(): boolean {
    return this.#chunk !== undefined;
  }

  /** Parsed on first use: most events pass through without. */
  get chunk(): JsonObject {
    this.#chunk ??= JSON.parse(this.raw) as JsonObject;
    return this.#chunk;
  }
}

/** A longer answer is not kept for a continuation: an upstream's memory of it would be gone as well. */
const MAX_KEPT_CHARACTERS = 512 * 1024;

/** What the encoder of an answer does with its usage. */
export interface UsageTelling {
  /** True when the encoder wants chunks that carry the usage alone; otherwise they are taken out. */
  readonly withUsage: boolean;
  /** True when such a chunk may be made where the upstream sends none: the events are chunks. */
  readonly isChunked: boolean;
}

/** What a writer needs to know. */
export interface AnswerWriterOptions {
  /** True when the text must be kept for a continuation. */
  readonly keepsText: boolean;
}

/**
 * Writes one answer to the client, whoever it comes from: the events of a second upstream that continues a cut answer
 * carry the first one's id and model, bring no second role, and none of the text that the client has.
 */
export class AnswerWriter {
  readonly #client: ClientStream;
  readonly #options: AnswerWriterOptions;
  #encoder: ClientEncoder | undefined;
  #telling: UsageTelling = { withUsage: false, isChunked: false };
  #hasToldUsage = false;
  readonly #text = new KeptText();
  #isTextKept: boolean;
  #isBound = false;
  #isFinished = false;
  #identity: JsonObject | undefined;
  #joiner: ContinuationJoiner | undefined;
  /** Usage of the attempts before the running one. */
  #spent: TokenUsage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };

  constructor(client: ClientStream, options: AnswerWriterOptions) {
    this.#client = client;
    this.#options = options;
    this.#isTextKept = options.keepsText;
  }

  /** Text shown so far; undefined when it is not whole because it was not kept. */
  get shownText(): string | undefined {
    return this.#isTextKept ? this.#text.toString() : undefined;
  }

  /** True when what was shown can be continued by another model: plain text or reasoning, no end yet. */
  get isContinuable(): boolean {
    return this.#isTextKept && !this.#isBound && !this.#isFinished;
  }

  /** True when the second model tells the answer in other words: its attempt is to be given up. */
  get isDiverged(): boolean {
    return this.#joiner?.isDiverged ?? false;
  }

  /** The first real output: the head goes out. */
  open(headers: Readonly<Record<string, string>>, encoder: ClientEncoder, telling: UsageTelling): void {
    if (this.#encoder !== undefined) return;
    this.#encoder = encoder;
    this.#telling = telling;
    this.#client.open(headers);
  }

  /** Another attempt continues the answer. */
  beginContinuation(manner: ContinuationManner, spent: TokenUsage): void {
    this.#joiner = new ContinuationJoiner(this.#text.toString(), manner);
    this.#spent = {
      promptTokens: this.#spent.promptTokens + spent.promptTokens,
      cachedTokens: this.#spent.cachedTokens + spent.cachedTokens,
      completionTokens: this.#spent.completionTokens + spent.completionTokens,
    };
  }

  /** Writes events that arrived together, in one piece. */
  write(events: readonly ReadEvent[]): void {
    const encoder = this.#encoder;
    if (encoder === undefined) throw new Error("events before the head");
    let text = "";
    for (const event of events) {
      if (event.reading.isUsageOnly && !this.#telling.withUsage) continue;
      this.#hasToldUsage ||= event.reading.usage !== undefined;
      text += this.#joiner === undefined ? this.#first(event, encoder) : this.#continued(event, encoder);
    }
    if (text !== "") this.#client.write(text);
  }

  /** A comment: clients skip it, people who look at the bytes see it. */
  note(comment: string): void {
    this.#client.write(`: ${comment}\n\n`);
  }

  /**
   * The answer is whole.
   *
   * @param usage of the last attempt: told, summed with the others', to a client that asked for it when the upstream
   *   did not.
   */
  done(usage: TokenUsage): void {
    this.#client.end(this.#usageOwed(usage) + (this.#encoder?.done() ?? ""));
  }

  #usageOwed(usage: TokenUsage): string {
    const { withUsage, isChunked } = this.#telling;
    if (!withUsage || !isChunked || this.#hasToldUsage) return "";
    const { id, object, created, model } = this.#identity ?? {};
    const usageCounts = {
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.completionTokens,
      total_tokens: usage.promptTokens + usage.completionTokens,
    };
    const chunk: JsonObject = { id, object, created, model, choices: [], usage: usageCounts };
    addUsage(chunk, this.#spent);
    return this.#encoder?.chunk(chunk, JSON.stringify(chunk)) ?? "";
  }

  /** The answer is not whole, and its end says so. */
  interrupted(): void {
    this.#client.end(this.#encoder?.interrupted() ?? "");
  }

  #first(event: ReadEvent, encoder: ClientEncoder): string {
    // Azure's first chunk, filter results alone, has neither id nor model.
    if (this.#identity === undefined && event.reading.indexes.length > 0)
      this.#identity = identityOf(event.chunk);
    if (this.#options.keepsText) this.#keep(event);
    return encoder.isPassThrough === true ? `data: ${event.raw}\n\n` : encoder.chunk(event.chunk, event.raw);
  }

  #keep({ reading }: ReadEvent): void {
    this.#isBound ||= reading.isBound;
    this.#isFinished ||= reading.finished.length > 0;
    this.#append(reading.text);
  }

  #append(text: string): void {
    if (text === "" || !this.#isTextKept) return;
    if (this.#text.length + text.length > MAX_KEPT_CHARACTERS) {
      this.#isTextKept = false;
      this.#text.clear();
    } else this.#text.append(text);
  }

  #continued({ chunk, reading }: ReadEvent, encoder: ClientEncoder): string {
    const joiner = this.#joiner;
    if (joiner === undefined || joiner.isDiverged) return "";
    const { id, created, model, system_fingerprint: fingerprint } = this.#identity ?? {};
    Object.assign(chunk, { id, created, model });
    if (fingerprint !== undefined) chunk.system_fingerprint = fingerprint;
    if (reading.usage !== undefined) addUsage(chunk, this.#spent);
    if (reading.isUsageOnly) return encoder.chunk(chunk, JSON.stringify(chunk));
    this.#isBound ||= reading.isBound;
    let fresh = joiner.push(reading.text);
    if (reading.finished.length > 0) {
      fresh += joiner.end();
      this.#isFinished = true;
    }
    if (joiner.isDiverged) return "";
    this.#append(fresh);
    const isEmpty = replaceText(chunk, fresh);
    return isEmpty && reading.finished.length === 0 ? "" : encoder.chunk(chunk, JSON.stringify(chunk));
  }
}

/** What all events of one answer have in common; the rest of the first one need not be kept. */
function identityOf({ id, object, created, model, system_fingerprint }: JsonObject): JsonObject {
  return { id, object, created, model, system_fingerprint };
}

/** Puts the new text in place of the chunk's own. Returns true when nothing worth telling is left. */
function replaceText(chunk: JsonObject, text: string): boolean {
  const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
  let isEmpty = true;
  for (const choice of choices) {
    if (!isJsonObject(choice) || !isJsonObject(choice.delta)) continue;
    const { delta } = choice;
    // The client has the role, and a second train of thought in the middle of an answer would only confuse.
    for (const key of ["role", "reasoning", "reasoning_content"]) delete delta[key];
    if (text === "") delete delta.content;
    else delta.content = text;
    if (Object.values(delta).some((value) => value !== null && value !== "")) isEmpty = false;
  }
  return isEmpty;
}

function addUsage(chunk: JsonObject, spent: TokenUsage): void {
  const usage = isJsonObject(chunk.usage) ? chunk.usage : {};
  const add = (key: string, more: number) => {
    if (typeof usage[key] === "number") usage[key] += more;
  };
  add("prompt_tokens", spent.promptTokens);
  add("completion_tokens", spent.completionTokens);
  add("total_tokens", spent.promptTokens + spent.completionTokens);
  if (
    isJsonObject(usage.prompt_tokens_details) &&
    typeof usage.prompt_tokens_details.cached_tokens === "number"
  )
    usage.prompt_tokens_details.cached_tokens += spent.cachedTokens;
}
