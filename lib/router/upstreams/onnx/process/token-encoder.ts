import type { Tokenizer } from "./runtime.ts";

/** One row for the model. */
export interface EncodedText {
  readonly ids: readonly number[];
  /** Which of two texts a token belongs to; all 0 for models that do not tell them apart. */
  readonly types: readonly number[];
  /** True when not all of the text fitted. */
  readonly isCut: boolean;
}

/** Special tokens around texts, with their types. */
interface Frame {
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

interface Pattern {
  readonly frames: readonly Frame[];
  /** Types of the tokens of each text. */
  readonly textTypes: readonly number[];
  /** How many special tokens there are. */
  readonly length: number;
}

/** No vocabulary's tokens are longer on average: what lies behind would be cut anyway, and is not worth the time. */
const CHARACTERS_PER_TOKEN = 64;

/**
 * Texts as token ids, at most so many. The special tokens are learnt from two probes, since texts must be cut inside
 * them: `[CLS] text [SEP]`, `[CLS] query [SEP] text [SEP]`, or whatever `tokenizer.json` says.
 */
export class TokenEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #maxTokens: number;
  readonly #single: Pattern;
  #pair: Pattern | undefined;

  constructor(tokenizer: Tokenizer, maxTokens: number) {
    this.#tokenizer = tokenizer;
    this.#maxTokens = maxTokens;
    this.#single = this.#learn(["a"]);
  }

  /** A text alone; one that is too long is cut at its end. */
  encode(text: string): EncodedText {
    const { ids, isCut } = this.#tokens(text);
    const room = Math.max(0, this.#maxTokens - this.#single.length);
    return fill(this.#single, [ids.slice(0, room)], isCut || ids.length > room);
  }

  /** Encodes texts together with one query. The query keeps half of the room at least, the text gets the rest. */
  pairsWith(query: string): (text: string) => EncodedText {
    this.#pair ??= this.#learn(["a", "b"]);
    const pattern = this.#pair;
    const asked = this.#tokens(query);
    const room = Math.max(0, this.#maxTokens - pattern.length);
    return (text) => {
      const { ids, isCut } = this.#tokens(text);
      const queryIds = asked.ids.slice(0, Math.max(Math.floor(room / 2), room - ids.length));
      const textIds = ids.slice(0, room - queryIds.length);
      const isAnyCut =
        isCut || asked.isCut || queryIds.length < asked.ids.length || textIds.length < ids.length;
      return fill(pattern, [queryIds, textIds], isAnyCut);
    };
  }

  #tokens(text: string): { readonly ids: readonly number[]; readonly isCut: boolean } {
    const limit = this.#maxTokens * CHARACTERS_PER_TOKEN;
    const isCut = text.length > limit;
    const kept = isCut ? text.slice(0, limit).toWellFormed() : text;
    return { ids: this.#tokenizer.encode(kept, { add_special_tokens: false }).ids, isCut };
  }

  #learn([first = "", second]: readonly string[]): Pattern {
    const encoding = this.#tokenizer.encode(first, {
      return_token_type_ids: true,
      ...(second === undefined ? {} : { text_pair: second }),
    });
    const texts = (second === undefined ? [first] : [first, second]).map((text) => this.#tokens(text).ids);
    const types = encoding.token_type_ids ?? encoding.ids.map(() => 0);
    const frames: Frame[] = [];
    const textTypes: number[] = [];
    let from = 0;
    const frame = (to: number) => {
      frames.push({ ids: encoding.ids.slice(from, to), types: types.slice(from, to) });
      from = to;
    };
    for (const text of texts) {
      const at = findRun(encoding.ids, text, from);
      if (at === undefined) throw new Error("the tokenizer changes texts when it adds its special tokens");
      frame(at);
      textTypes.push(types[at] ?? 0);
      from = at + text.length;
    }
    frame(encoding.ids.length);
    return { frames, textTypes, length: frames.reduce((sum, { ids }) => sum + ids.length, 0) };
  }
}

/** Where a list stands in another from a position on; undefined when it does not, or is empty. */
function findRun(list: readonly number[], wanted: readonly number[], from: number): number | undefined {
  if (wanted.length === 0) return undefined;
  for (let at = from; at + wanted.length <= list.length; at += 1) {
    if (wanted.every((id, index) => list[at + index] === id)) return at;
  }
  return undefined;
}

function fill(pattern: Pattern, texts: readonly (readonly number[])[], isCut: boolean): EncodedText {
  const parts = pattern.frames.flatMap((frame, index) => {
    const text = texts[index] ?? [];
    return [frame, { ids: text, types: text.map(() => pattern.textTypes[index] ?? 0) }];
  });
  return { ids: parts.flatMap(({ ids }) => ids), types: parts.flatMap(({ types }) => types), isCut };
}
