import { describe, expect, it } from "vitest";
import { bootstrapInterval, mean, percentile, seededRandom, wilsonInterval } from "./statistics.ts";

describe("percentile", () => {
  it("interpolates between order statistics", () => {
    // Positions 0..3 hold 10, 20, 30, 40: p50 at 1.5, p95 at 2.85.
    expect(percentile([40, 10, 30, 20], 0.5)).toBe(25);
    expect(percentile([40, 10, 30, 20], 0.95)).toBeCloseTo(38.5, 10);
    expect(percentile([7], 0.95)).toBe(7);
  });
});

describe("wilsonInterval", () => {
  it("matches published values", () => {
    // 8 of 10: centre 0.71674, half width 0.22659 (checked by hand with z = 1.96).
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
  });

  it("leaves room for doubt when all outcomes are equal", () => {
    // All of n: low = n / (n + z²) = 10 / 13.8415.
    expect(wilsonInterval(10, 10).low).toBeCloseTo(0.7225, 4);
    expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 12);
    expect(wilsonInterval(0, 10).low).toBeCloseTo(0, 12);
  });
});

describe("seededRandom", () => {
  it("repeats itself, stays in range and averages one half", () => {
    const first = seededRandom(7);
    const second = seededRandom(7);
    const numbers = Array.from({ length: 5000 }, first);
    expect(Array.from({ length: 5000 }, second)).toEqual(numbers);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    expect(mean(numbers)).toBeGreaterThan(0.48);
    expect(mean(numbers)).toBeLessThan(0.52);
  });
});

describe("bootstrapInterval", () => {
  const values = Array.from({ length: 100 }, (_, index) => index / 99);
  const meanOf = (drawn: Uint32Array) => mean(Array.from(drawn, (index) => values[index] ?? 0));

  it("comes close to the normal interval of a mean", () => {
    // Uniform on 0..1: mean 0.5, standard deviation 0.2916, standard error 0.02916: 0.5 ± 0.0571.
    const { low, high } = bootstrapInterval(100, meanOf);
    expect(low).toBeGreaterThan(0.43);
    expect(low).toBeLessThan(0.456);
    expect(high).toBeGreaterThan(0.544);
    expect(high).toBeLessThan(0.57);
  });

  it("gives the same interval for the same values", () => {
    expect(bootstrapInterval(100, meanOf)).toEqual(bootstrapInterval(100, meanOf));
  });
});
