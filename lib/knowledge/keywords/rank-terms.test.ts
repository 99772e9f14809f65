import { describe, expect, it } from "vitest";
import { holdsPhrase, rankTerms } from "./rank-terms.ts";

const rows = [
  { id: "a", terms: "pump replac in may pump" },
  { id: "b", terms: "gate paint green in may" },
  { id: "c", terms: "pump and gate inspect in the harbour by the crew of the ship in may and june" },
];

describe("rankTerms", () => {
  it("puts rare words before common ones, and short passages before long ones", () => {
    expect(rankTerms("pump in", rows, 10).map(({ id }) => id)).toEqual(["a", "c", "b"]);
    expect(rankTerms("paint may", rows, 10)[0]?.id).toBe("b");
  });

  it("leaves out what holds none of the words", () => {
    expect(rankTerms("pump", rows, 10).map(({ id }) => id)).toEqual(["a", "c"]);
    expect(rankTerms("pump", rows, 1)).toHaveLength(1);
    expect(rankTerms("", rows, 10)).toEqual([]);
    expect(rankTerms("pump", [], 10)).toEqual([]);
  });
});

describe("holdsPhrase", () => {
  it("wants whole words in their order", () => {
    expect(holdsPhrase("the pump of hall 7", "pump of hall")).toBe(true);
    expect(holdsPhrase("the pump of hall 7", "pump hall")).toBe(false);
    expect(holdsPhrase("the pumps", "pump")).toBe(false);
    expect(holdsPhrase("the pumps", "")).toBe(false);
  });
});
