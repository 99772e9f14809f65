import { describe, expect, it } from "vitest";
import { expectedTypes, holdsType, measureName } from "./answer-type.ts";

const wordsOf = (question: string) => new Set(question.toLowerCase().split(/\W+/));

describe("expectedTypes", () => {
  it.each([
    ["When was the roof repaired?", "date"],
    ["In what year did she move?", "date"],
    ["How many seats are there?", "number"],
    ["What is the maximum weight?", "number"],
    ["Who signed the lease?", "person"],
    ["Where is the key kept?", "place"],
    ["Why did the alarm sound?", "reason"],
    ["How do I reset the meter?", "manner"],
    ["Wann wurde das Dach repariert?", "date"],
    ["¿Cuántos asientos hay?", "number"],
    ["Кто подписал договор?", "person"],
  ] as const)("reads %s as a question for a %s", (question, type) => {
    expect(expectedTypes(question)).toContain(type);
  });
});

describe("holdsType", () => {
  it("finds a date, a number, a place, a reason, an instruction", () => {
    const none = new Set<string>();
    expect(holdsType("It was repaired on 4 May 2019.", "date", none)).toBe(true);
    expect(holdsType("It was repaired.", "date", none)).toBe(false);
    expect(holdsType("It seats forty.", "number", none)).toBe(true);
    expect(holdsType("The key hangs in the Workshop.", "place", none)).toBe(true);
    expect(holdsType("It failed because the fuse blew.", "reason", none)).toBe(true);
    expect(holdsType("Hold the button for a while by pressing it.", "manner", none)).toBe(true);
  });

  it("does not take the question's own number for an answer", () => {
    expect(holdsType("Room 12 was painted.", "number", wordsOf("How many chairs are in room 12?"))).toBe(
      false,
    );
  });
});

describe("measureName", () => {
  it("trusts a full name more than one capitalised word, and neither when the question gave it", () => {
    const asked = wordsOf("Who signed for Brightwater?");
    expect(measureName("The form was signed by Ana Ruiz.", asked)).toBe(1);
    expect(measureName("The firm used Quickset.", asked)).toBeGreaterThan(0);
    expect(measureName("The firm used Quickset.", asked)).toBeLessThan(1);
    expect(measureName("It concerned Brightwater.", asked)).toBe(0);
  });
});
