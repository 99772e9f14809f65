import { describe, expect, test } from "vitest";
import type { Tokenizer } from "./runtime.ts";
import { TokenEncoder } from "./token-encoder.ts";

/** One token a letter; pairs as BERT (`2 a 3 b 3`, types 0 and 1) or as RoBERTa (`0 a 2 2 b 2`, no types) write them. */
function letters(family: "bert" | "roberta"): Tokenizer {
  const idsOf = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  const [open, close, between] = family === "bert" ? [[2], [3], [3]] : [[0], [2], [2, 2]];
  return {
    token_to_id: () => undefined,
    encode: (text, { text_pair: pair, add_special_tokens: isFramed = true } = {}) => {
      if (!isFramed) return { ids: idsOf(text) };
      const first = [...open, ...idsOf(text), ...(pair === undefined ? close : between)];
      const second = pair === undefined ? [] : [...idsOf(pair), ...close];
      const type = family === "bert" ? 1 : 0;
      return {
        ids: [...first, ...second],
        token_type_ids: [...first.map(() => 0), ...second.map(() => type)],
      };
    },
  };
}

const read = (ids: readonly number[]) =>
  ids.map((id) => (id < 10 ? `<${id}>` : String.fromCharCode(id))).join("");

describe("a text as tokens", () => {
  test("stands between the special tokens", () => {
    const { ids, types, isCut } = new TokenEncoder(letters("bert"), 10).encode("pump");
    expect([read(ids), types.join(""), isCut]).toEqual(["<2>pump<3>", "000000", false]);
  });

  test("is cut inside them when it is too long, and says so", () => {
    const { ids, isCut } = new TokenEncoder(letters("roberta"), 6).encode("pumps leak");
    expect([read(ids), isCut]).toEqual(["<0>pump<2>", true]);
  });

  test("that is very long is cut before it is read, not in the middle of a character", () => {
    let longest = "";
    const plain = letters("bert");
    const encoder = new TokenEncoder(
      {
        ...plain,
        encode: (text, options) => {
          if (text.length > longest.length) longest = text;
          return plain.encode(text, options);
        },
      },
      10,
    );
    expect(encoder.encode(`a${"😀".repeat(10_000)}`).isCut).toBe(true);
    expect(longest).toHaveLength(640);
    expect(longest.isWellFormed()).toBe(true);
  });
});

describe("a query and a text as tokens", () => {
  test("stand in one row, told apart by their types", () => {
    const { ids, types, isCut } = new TokenEncoder(letters("bert"), 20).pairsWith("who")("me too");
    expect([read(ids), types.join(""), isCut]).toEqual(["<2>who<3>me too<3>", "000001111111", false]);
  });

  test("have the special tokens that the model's family puts between them", () => {
    const { ids, types } = new TokenEncoder(letters("roberta"), 20).pairsWith("ab")("ab");
    expect([read(ids), types.join("")]).toEqual(["<0>ab<2><2>ab<2>", "00000000"]);
  });

  test("give way to one another: a short query is kept, a long one leaves half of the room", () => {
    const encoder = new TokenEncoder(letters("bert"), 11);
    expect(read(encoder.pairsWith("ab")("0123456789").ids)).toBe("<2>ab<3>012345<3>");
    expect(read(encoder.pairsWith("abcdefghij")("0123456789").ids)).toBe("<2>abcd<3>0123<3>");
    expect(read(encoder.pairsWith("abcdefghij")("01").ids)).toBe("<2>abcdef<3>01<3>");
    expect(encoder.pairsWith("abcdefghij")("01").isCut).toBe(true);
  });
});

test("a tokenizer that writes a text otherwise beside special tokens is refused", () => {
  const plain = letters("bert");
  const strange: Tokenizer = {
    ...plain,
    encode: (text, options = {}) =>
      plain.encode(options.add_special_tokens === false ? `x${text}` : text, options),
  };
  expect(() => new TokenEncoder(strange, 10)).toThrow(/changes texts/);
});
