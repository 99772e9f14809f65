import { describe, expect, it } from "vitest";
import { searchTerms } from "../../shared/text/search-terms.ts";
import { listedTerms } from "../keywords/term-list.ts";
import { estimateRarity } from "./estimate-rarity.ts";
import { measurePassages } from "./measure-passages.ts";
import { readQuestionTerms } from "./question-terms.ts";

function passage(id: string, title: string, text: string, keyword: number | null = 1) {
  const terms = listedTerms(searchTerms(`${title}\n${text}`).split(" "));
  return { id, terms, titleTerms: searchTerms(title).split(" "), keyword, semantic: null };
}

describe("measurePassages", () => {
  const question = readQuestionTerms("replacement of the cooling pump");

  it("sees words that stand together, near each other, and apart", () => {
    const filler = "and then many other things were said about the weather of that long day ".repeat(3);
    const [together, near, apart] = measurePassages(question, [
      passage("a", "Report", "The cooling pump had its replacement."),
      passage("b", "Report", "The pump of the old cooling system needs replacement."),
      passage("c", "Report", `Cooling failed. ${filler} The pump ran. ${filler} A replacement was found.`),
    ]);
    expect(together?.pairs).toBeGreaterThan(near?.pairs ?? 1);
    expect(near?.nearness).toBeGreaterThan(apart?.nearness ?? 1);
    expect(together?.window).toBe(1);
    expect(apart?.window).toBeLessThan(1);
    expect(apart?.coverage).toBe(1);
  });

  it("sees titles that the question names", () => {
    const asked = readQuestionTerms("who built the Cooling Pump?");
    const [named, other] = measurePassages(asked, [
      passage("a", "Cooling Pump", "It was built by Ada."),
      passage("b", "Annual accounts of the works", "The cooling pump was built by Ada."),
    ]);
    expect([named?.isNamed, other?.isNamed]).toEqual([1, 0]);
    expect(named?.titleCoverage).toBeGreaterThan(0);
    expect(other?.titleShare).toBeLessThan(0.5);
  });

  it("stays between 0 and 1 for any passages", () => {
    const measured = measurePassages(readQuestionTerms("the of ?"), [
      passage("a", "", "", null),
      passage("b", "the", "of the of the", 2),
    ]);
    for (const value of measured.flatMap((measures) => Object.values(measures))) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    expect(measurePassages(question, [])).toEqual([]);
  });
});

describe("estimateRarity", () => {
  it("reads rarities off BM25 scores", () => {
    const rarities = new Map([
      ["pump", 1.5],
      ["hall", 4],
      ["cool", 7],
    ]);
    const rows = Array.from({ length: 40 }, (_, index) => {
      const counts = new Map<string, number>();
      for (const [at, term] of [...rarities.keys()].entries()) {
        const count = (index >> at) % 3;
        if (count > 0) counts.set(term, count);
      }
      const length = 50 + ((index * 37) % 100);
      return { length, counts };
    });
    const meanLength = rows.reduce((sum, { length }) => sum + length, 0) / rows.length;
    const passages = rows.map(({ length, counts }) => {
      const damping = 1.2 * (0.25 + (0.75 * length) / meanLength);
      const score = [...counts].reduce(
        (sum, [term, count]) => sum + ((rarities.get(term) ?? 0) * count * 2.2) / (count + damping),
        0,
      );
      const places = new Map(
        [...counts].map(([term, count]) => [term, Array.from({ length: count }, (_, at) => at)]),
      );
      return { score, length, places };
    });
    const estimated = estimateRarity([...rarities.keys()], passages);
    for (const [term, rarity] of rarities) {
      expect(Math.abs((estimated.get(term) ?? 0) - rarity) / rarity).toBeLessThan(0.1);
    }
  });
});
