import { describe, expect, it } from "vitest";
import { measureNumber } from "./measure-number.ts";

const none: ReadonlySet<string> = new Set();
const howMuch = new Set(["how", "much"]);

describe("measureNumber", () => {
  it("finds figures in digits and in words", () => {
    expect(measureNumber("It seats forty.", none)).toBe(1);
    expect(measureNumber("It weighs 3.5 kg.", none)).toBe(1);
    expect(measureNumber("In all 1500 people came.", none)).toBe(1);
  });

  it.each([
    "Case: K-19-2046",
    "It was sold on 3 May 2021.",
    "It closed in 1987.",
    "Signed 2021-05-03",
    "4.2 The tenant pays.",
  ])("finds nothing counted in %j", (text) => {
    expect(measureNumber(text, none)).toBe(0);
  });

  it("prefers an amount when asked how much", () => {
    expect(measureNumber("The repair cost EUR 412.", howMuch)).toBe(1);
    expect(measureNumber("The repair took 3 people.", howMuch)).toBeLessThan(1);
    expect(measureNumber("Payment is due within 14 days.", howMuch)).toBe(0);
    expect(measureNumber("Payment is due within 14 days.", none)).toBe(1);
  });
});
