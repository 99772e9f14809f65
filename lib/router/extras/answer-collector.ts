import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** Longest streamed answer that is put together, characters. */
const DEFAULT_MAX_CHARACTERS = 512 * 1024;

/** Fields of a chunk that have another name or no place in a whole answer. */
const CHUNK_ONLY: ReadonlySet<string> = new Set(["choices", "object", "obfuscation"]);

interface CollectedChoice {
  readonly message: JsonObject;
  readonly rest: JsonObject;
  readonly logprobs: { content: unknown[]; refusal: unknown[] };
  hasLogprobs: boolean;
}

/**
 * Puts a streamed chat answer together to the whole answer the same request would have got without `stream`.
 *
 * It only collects what it understands: after a tool call, a list in a delta or too much text, {@link whole} gives
 * undefined, and such an answer is not kept.
 */
export class AnswerCollector {
  #head: JsonObject = {};
  #choices = new Map<number, CollectedChoice>();
  #characters = 0;
  #maxCharacters: number;
  #isGivenUp = false;

  constructor(maxCharacters = DEFAULT_MAX_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  /** Takes one parsed chunk of the upstream, the usage chunk included. */
  add(chunk: JsonObject): void {
    if (this.#isGivenUp) return;
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    // Between the first chunk and those without choices nothing but the deltas changes.
    if (this.#choices.size === 0 || choices.length === 0 || isJsonObject(chunk.usage)) this.#addHead(chunk);
    for (const choice of choices) if (isJsonObject(choice)) this.#addChoice(choice);
  }

  /** Takes the text of a chunk that is known to be like an earlier one, with another text for its first choice. */
  addText(text: string): void {
    if (!this.#isGivenUp) this.#addDelta(this.#choiceAt(0).message, { content: text });
  }

  /** Forgets everything: a line was broken, or the answer went on at another place. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#choices.clear();
    this.#head = {};
  }

  /** The answer in the shape of `chat.completion`; undefined when it could not be put together. */
  whole(): JsonObject | undefined {
    if (this.#isGivenUp || this.#choices.size === 0) return undefined;
    const choices = [...this.#choices]
      .sort(([left], [right]) => left - right)
      .map(([index, { message, rest, logprobs, hasLogprobs }]) => ({
        index,
        message: { role: "assistant", content: "", ...message },
        ...rest,
        ...(hasLogprobs ? { logprobs: trimLogprobs(logprobs) } : {}),
      }));
    return { ...this.#head, object: "chat.completion", choices };
  }

  #addHead(chunk: JsonObject): void {
    for (const [name, value] of Object.entries(chunk)) {
      // The first chunk of Azure has an empty id and model; the usage comes last.
      if (!CHUNK_ONLY.has(name) && value !== null && value !== "") this.#head[name] = value;
    }
  }

  #addChoice(choice: JsonObject): void {
    const collected = this.#choiceAt(typeof choice.index === "number" ? choice.index : 0);
    // for-in, as this runs for every token: no list of keys is made.
    for (const name in choice) {
      const value = choice[name];
      if (value === null || value === undefined || name === "index") continue;
      if (name === "delta") this.#addDelta(collected.message, isJsonObject(value) ? value : {});
      else if (name === "logprobs") this.#addLogprobs(collected, isJsonObject(value) ? value : {});
      else collected.rest[name] = value;
    }
  }

  #choiceAt(index: number): CollectedChoice {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = { message: {}, rest: {}, logprobs: { content: [], refusal: [] }, hasLogprobs: false };
      this.#choices.set(index, choice);
    }
    return choice;
  }

  #addDelta(message: JsonObject, delta: JsonObject): void {
    for (const name in delta) {
      const value = delta[name];
      if (value === null || value === undefined) continue;
      if (typeof value !== "string") {
        this.giveUp();
        return;
      }
      const before = message[name];
      message[name] = name === "role" || typeof before !== "string" ? value : before + value;
      this.#characters += value.length;
    }
    if (this.#characters > this.#maxCharacters) this.giveUp();
  }

  #addLogprobs(collected: CollectedChoice, logprobs: JsonObject): void {
    collected.hasLogprobs = true;
    for (const part of ["content", "refusal"] as const) {
      const added = logprobs[part];
      if (!Array.isArray(added)) continue;
      collected.logprobs[part].push(...added);
      this.#characters += added.length * 50;
    }
  }
}

function trimLogprobs({ content, refusal }: CollectedChoice["logprobs"]): JsonObject {
  return { content: content.length === 0 ? null : content, refusal: refusal.length === 0 ? null : refusal };
}
