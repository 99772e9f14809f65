import { expect, test } from "vitest";
import { costMicros } from "./cost.ts";

const usage = { promptTokens: 1000, cachedTokens: 400, completionTokens: 50 };

test("cost is fresh, cached and completion tokens at their prices per million", () => {
  expect(costMicros(usage, { input: 2.5, cachedInput: 1.25, output: 10 })).toBe(
    600 * 2.5 + 400 * 1.25 + 50 * 10,
  );
});

test("an unknown price gives an unknown cost, a price of zero gives zero", () => {
  expect(costMicros(usage, undefined)).toBeNull();
  expect(costMicros(usage, { input: 0, cachedInput: 0, output: 0 })).toBe(0);
});
