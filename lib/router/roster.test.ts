import { describe, expect, it } from "vitest";
import { type Listed, Roster } from "./roster.ts";

interface Named extends Listed {
  readonly name: number;
}

const make = (name: number): Named => ({ name, rosterPlace: -1 });

function fill(count: number): { readonly roster: Roster<Named>; readonly all: Named[] } {
  const roster = new Roster<Named>();
  const all = Array.from({ length: count }, (_, name) => make(name));
  for (const one of all) roster.add(one);
  return { roster, all };
}

function namesIn(roster: Roster<Named>): number[] {
  const names: number[] = [];
  roster.visit(({ name }) => names.push(name));
  return names.sort((a, b) => a - b);
}

describe("a roster", () => {
  it("holds what was added and not taken out, in any order of coming and going", () => {
    const { roster, all } = fill(6);
    for (const name of [0, 5, 2]) expect(roster.delete(all[name] as Named)).toBe(true);
    expect(namesIn(roster)).toEqual([1, 3, 4]);
    roster.add(all[0] as Named);
    expect(roster.delete(all[3] as Named)).toBe(true);
    expect(namesIn(roster)).toEqual([0, 1, 4]);
    expect(roster.size).toBe(3);
  });

  it("says so when something does not stand in it, also when it stands in another", () => {
    const { roster, all } = fill(2);
    const { roster: other } = fill(2);
    expect(roster.delete(make(7))).toBe(false);
    expect(other.delete(all[1] as Named)).toBe(false);
    expect(roster.delete(all[1] as Named)).toBe(true);
    expect(roster.delete(all[1] as Named)).toBe(false);
    expect(roster.size).toBe(1);
  });

  it("visits everyone while its visitors take themselves and others out and bring in new ones", () => {
    const { roster, all } = fill(20);
    const visited = new Set<number>();
    roster.visit((one) => {
      visited.add(one.name);
      roster.delete(one);
      const neighbour = all[(one.name * 7) % 20] as Named;
      if (visited.has(neighbour.name)) roster.delete(neighbour);
      roster.add(make(100 + one.name));
    });
    expect([...visited].sort((a, b) => a - b)).toEqual(all.map(({ name }) => name));
    expect(namesIn(roster).every((name) => name >= 100)).toBe(true);
  });
});
