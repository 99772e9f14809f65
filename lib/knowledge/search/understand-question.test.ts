import { describe, expect, it } from "vitest";
import { understandQuestion } from "./understand-question.ts";

const wishesOf = (query: string) => understandQuestion(query).wishes.map(({ kind, text }) => [kind, text]);

describe("understandQuestion", () => {
  it("sends a lone identifier, phrase, date or name to the keywords and questions to both legs", () => {
    for (const query of [
      "PUMP-7A-2041",
      '"force majeure"',
      "12 May 2024",
      "Ada Lovelace",
      "invoice INV-2024-0077",
    ]) {
      expect([query, understandQuestion(query).route]).toEqual([query, "keyword"]);
    }
    for (const query of [
      "When was PUMP-7A-2041 replaced?",
      "what does “force majeure” mean",
      "replacement of the pump",
      "wann wurde die Pumpe ersetzt",
    ]) {
      expect([query, understandQuestion(query).route]).toEqual([query, "hybrid"]);
    }
  });

  it("tells identifiers from years, sums, measures and numbered words", () => {
    expect(wishesOf("see 10.1007/s00125, john@acme.com, max_tokens, getUserName and RFC2119")).toEqual(
      ["10.1007/s00125", "john@acme.com", "max_tokens", "getUserName", "RFC2119"].map((text) => [
        "identifier",
        text,
      ]),
    );
    expect(wishesOf("40mg daily in 1999, 250,000 people, the 1970s, caspase-11, 2001-02, IL-6, p53")).toEqual(
      [],
    );
    expect(wishesOf("what is TDP-43-induced toxicity")).toEqual([["identifier", "TDP-43"]]);
  });

  it("knows quoted phrases in the quotes of several languages, and dates however they are written", () => {
    expect(wishesOf("where is „höhere Gewalt“ defined")).toEqual([["phrase", "höhere Gewalt"]]);
    expect(understandQuestion("what happened on 12 May 2024").wishes[0]?.terms).toEqual(
      understandQuestion("2024-05-12").wishes[0]?.terms,
    );
  });

  it("gives its reasons as sentences", () => {
    const { reasons } = understandQuestion("When was PUMP-7A-2041 replaced?");
    expect(reasons).toHaveLength(2);
    for (const reason of reasons) expect(reason).toMatch(/^.+\.$/);
  });

  it("takes apart what asks several things, and nothing else", () => {
    expect(understandQuestion("When was the pump replaced, and who approved the cost?").parts).toEqual([
      "When was the pump replaced",
      "who approved the cost?",
    ]);
    expect(understandQuestion("Who owns hall 7? When was it built?").parts).toHaveLength(2);
    expect(understandQuestion("How do salt and pepper react?").parts).toEqual([]);
  });

  it("knows a comparison", () => {
    expect(understandQuestion("compare lease 1 with lease 2").isComparison).toBe(true);
    expect(understandQuestion("Which film is older, Aurora or Borealis?").isComparison).toBe(true);
    expect(understandQuestion("when was the pump replaced").isComparison).toBe(false);
  });
});
