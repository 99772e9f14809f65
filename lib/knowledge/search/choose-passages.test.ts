import { describe, expect, it } from "vitest";
import { searchTerms } from "../../shared/text/search-terms.ts";
import { listedTerms } from "../keywords/term-list.ts";
import { foldDuplicates } from "./fold-duplicates.ts";
import { checkWishes } from "./rerank-passages.ts";
import { spreadDocuments } from "./spread-documents.ts";
import { understandQuestion } from "./understand-question.ts";

describe("foldDuplicates", () => {
  const text =
    "The pump of hall seven was replaced in May because its seal had failed twice within one year of service by the crew.";
  const compared = (chunkId: string, own: string) => ({
    chunkId,
    terms: listedTerms(searchTerms(own).split(" ")),
  });

  it("leaves out what a better passage says in almost the same words", () => {
    const { kept, folded } = foldDuplicates(
      [
        compared("a", text),
        compared("b", `${text} Signed.`),
        compared(
          "c",
          "The gate was painted green by the crew of hall seven in May, twice within one year of service.",
        ),
      ],
      10,
    );
    expect(kept.map(({ chunkId }) => chunkId)).toEqual(["a", "c"]);
    expect(folded.map(({ passage, into }) => [passage.chunkId, into.chunkId])).toEqual([["b", "a"]]);
  });

  it("keeps short passages and stops at the limit", () => {
    const short = ["a", "b", "c"].map((id) => compared(id, "Total 42"));
    expect(foldDuplicates(short, 2).kept).toHaveLength(2);
  });
});

describe("spreadDocuments", () => {
  it("gives every document its turn after two passages of one", () => {
    const passages = ["a", "a", "a", "b", "a", "c"].map((documentId, at) => ({ documentId, at }));
    expect(spreadDocuments(passages).map(({ at }) => at)).toEqual([0, 1, 3, 5, 2, 4]);
  });
});

describe("checkWishes", () => {
  const holds = (query: string, text: string) =>
    checkWishes(
      { title: "T", text, terms: listedTerms(searchTerms(`T\n${text}`).split(" ")) },
      understandQuestion(query).wishes,
    );

  it("finds phrases word by word and identifiers however they are joined", () => {
    expect(holds('"force majeure"', "In case of Force\nMajeure nothing is owed.")).toEqual({
      tier: 1,
      matched: ["phrase"],
    });
    expect(holds('"force majeure"', "A majeure force.").tier).toBe(0);
    expect(holds("PUMP-7A-2041", "The pump_7a_2041 failed.").matched).toEqual(["identifier"]);
    expect(holds("PUMP-7A-2041", "The pump 7A 2042 failed.").tier).toBe(0);
  });

  it("notes a date without putting it first", () => {
    expect(holds("2024-05-12", "On May 12, 2024 it rained.")).toEqual({ tier: 0, matched: ["date"] });
  });
});
