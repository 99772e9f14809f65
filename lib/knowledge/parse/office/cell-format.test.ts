import { describe, expect, it } from "vitest";
import { formatCell } from "./cell-format.ts";

describe("formatCell", () => {
  it.each([
    [1234.567, "General", "1234.567"],
    [0.1 + 0.2, "General", "0.3"],
    [1234.567, "#,##0.00", "1,234.57"],
    [1_234_567, "#,##0", "1,234,567"],
    [5, "000", "005"],
    [-5.5, "#,##0.0;(#,##0.0)", "(5.5)"],
    [-5.5, "0.0", "-5.5"],
    [0, '0;-0;"none"', "none"],
    [0.256, "0.0%", "25.6%"],
    [12_345, "0.00E+00", "1.23E+04"],
    [12, '"$"#,##0', "$12"],
    [12, "[$€-407] #,##0.00", "€ 12.00"],
    [2_500_000, '0.0,,"M"', "2.5M"],
    [1.5, "0.##", "1.5"],
    [45_000, "yyyy-mm-dd", "2023-03-15"],
    [45_000.75, "d mmm yyyy h:mm AM/PM", "15 Mar 2023 6:00 PM"],
    [45_000, "dddd, mmmm d", "Wednesday, March 15"],
    [0.5, "hh:mm:ss", "12:00:00"],
    [1.5, "[h]:mm", "36:00"],
    [45_000.510_416_67, "mm:ss", "15:00"],
    [1, "yyyy-mm-dd", "1900-01-01"],
  ])("shows %s in the format %s as %s", (value, code, shown) => {
    expect(formatCell(value, code, false)).toBe(shown);
  });

  it("counts from 1904 in files that do", () => {
    expect(formatCell(0, "yyyy-mm-dd", true)).toBe("1904-01-01");
  });
});
