import { expect, test } from "vitest";
import { Breaker } from "./breaker.ts";

const limits = { failures: 3, openMs: 100, maxOpenMs: 350 };

function failTimes(breaker: Breaker, times: number, nowMs: number): void {
  for (let count = 0; count < times; count += 1) breaker.failed(nowMs, breaker.begin());
}

test("failures in a row open a breaker, a success between them does not let it come to that", () => {
  const breaker = new Breaker(limits);
  failTimes(breaker, 2, 0);
  breaker.succeeded(breaker.begin());
  failTimes(breaker, 2, 0);
  expect([breaker.state(0), breaker.waitMs(0)]).toEqual(["closed", 0]);
  failTimes(breaker, 1, 10);
  expect([breaker.state(10), breaker.waitMs(10), breaker.waitMs(60)]).toEqual(["open", 100, 50]);
});

test("after its window one probe passes; its success closes, its failure doubles the window up to a bound", () => {
  const breaker = new Breaker(limits);
  failTimes(breaker, 3, 0);
  expect([breaker.state(100), breaker.waitMs(100)]).toEqual(["half_open", 0]);
  const isProbe = breaker.begin();
  expect([isProbe, breaker.waitMs(101) > 0]).toEqual([true, true]);
  breaker.failed(110, isProbe);
  expect(breaker.waitMs(110)).toBe(200);
  breaker.failed(310, breaker.begin());
  expect(breaker.waitMs(310)).toBe(350);
  breaker.succeeded(breaker.begin());
  expect([breaker.state(700), breaker.waitMs(700)]).toEqual(["closed", 0]);
  failTimes(breaker, 3, 700);
  expect(breaker.waitMs(700)).toBe(100);
});

test("a probe that ends without a verdict makes room for the next one", () => {
  const breaker = new Breaker(limits);
  failTimes(breaker, 3, 0);
  breaker.undecided(breaker.begin());
  expect(breaker.waitMs(100)).toBe(0);
});

test("calls that were under way when it opened neither close it nor lengthen its window", () => {
  const breaker = new Breaker(limits);
  const early = breaker.begin();
  failTimes(breaker, 3, 0);
  breaker.succeeded(early);
  breaker.failed(50, early);
  expect([breaker.state(50), breaker.waitMs(50)]).toEqual(["open", 50]);
});
