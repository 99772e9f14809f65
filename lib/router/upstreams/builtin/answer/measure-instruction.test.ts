import { describe, expect, it } from "vitest";
import { isCrossReference, measureInstruction } from "./measure-instruction.ts";

describe("measureInstruction", () => {
  it.each([
    "Open the lid.",
    "Then press **Start**.",
    "Do not open the valve.",
    "To drain the tank, turn the tap to the left.",
    "If the lamp is red, call the workshop.",
    "2. Choose a colour.",
  ])("takes %j for an instruction", (text) => {
    expect(measureInstruction(text)).toBe(1);
  });

  it("trusts advice less than an order", () => {
    const advice = measureInstruction("You can drain the tank at any time.");
    expect(advice).toBeGreaterThan(0);
    expect(measureInstruction("You can open the lid and turn the tap.")).toBeGreaterThan(advice);
  });

  it.each([
    "The tank was drained in May.",
    "Use of the tap is free.",
    "Press is the name of the lever.",
    "Draining the tank takes an hour.",
  ])("takes %j for a statement", (text) => {
    expect(measureInstruction(text)).toBe(0);
  });
});

describe("isCrossReference", () => {
  it.each([
    "The chapter on tanks explains how to drain them.",
    "See the section on valves.",
    "Learn how to drain a tank.",
    "For more information, ask the workshop.",
    "[Tanks](tanks.md)",
  ])("knows that %j only points elsewhere", (text) => {
    expect(isCrossReference(text)).toBe(true);
  });

  it("leaves instructions alone", () => {
    expect(isCrossReference("Open the page Tanks and choose Drain.")).toBe(false);
    expect(isCrossReference("Check the section of pipe behind the tank.")).toBe(false);
  });
});
