import { describe, expect, it } from "vitest";
import { findFarNames, findRelations } from "./follow-relation.ts";

describe("findRelations", () => {
  it("finds what a question reaches through another thing", () => {
    expect(findRelations("Where was the director of Blue Harbour born?").map(({ noun }) => noun)).toEqual([
      "director",
    ]);
    expect(findRelations("Who are Mara Lind's brothers?").map(({ noun }) => noun)).toEqual(["brother"]);
    expect(findRelations("When was the pump replaced?")).toEqual([]);
  });
});

describe("findFarNames", () => {
  it("prefers names in sentences that state the relation, whole with initials and particles", () => {
    const relations = findRelations("Where was the director of Blue Harbour born?");
    const text =
      "Blue Harbour is a film of 1931. It was directed by Albert S. Rogell and shot in Lisbon. Nina van der Berg stars.";
    expect(findFarNames(relations, text, ["Where was the director of Blue Harbour born?"])).toEqual([
      "Albert S. Rogell",
      "Lisbon",
    ]);
  });

  it("takes all names when no sentence states it", () => {
    const relations = findRelations("Who is the landlord of Hall 7?");
    expect(
      findFarNames(relations, "Hall 7 belongs to Carla Boe.", ["Who is the landlord of Hall 7?"]),
    ).toEqual(["Carla Boe"]);
  });
});
