import { expect, test } from "vitest";
import { abortSignalOf, RequestStop, waitUnlessStopped } from "./stop-signal.ts";

test("all who listen hear once that a request is over, but those who stopped listening", () => {
  const stop = new RequestStop();
  const heard: string[] = [];
  const leaving = () => void heard.push("leaving");
  stop.addEventListener("abort", () => void heard.push("first"));
  stop.addEventListener("abort", leaving);
  stop.addEventListener("abort", () => void heard.push("second"));
  stop.removeEventListener("abort", leaving);
  stop.abort();
  stop.abort();
  expect([heard, stop.aborted]).toEqual([["first", "second"], true]);
});

test("an AbortSignal made of it follows it, before and after", () => {
  const stop = new RequestStop();
  const early = abortSignalOf(stop);
  expect(early.aborted).toBe(false);
  stop.abort();
  expect([early.aborted, abortSignalOf(stop).aborted, abortSignalOf(early)]).toEqual([true, true, early]);
});

test("a wait ends with its time or with the request", async () => {
  const stop = new RequestStop();
  expect(await waitUnlessStopped(1, stop)).toBe(true);
  const long = waitUnlessStopped(60_000, stop);
  stop.abort();
  expect(await long).toBe(false);
  expect(await waitUnlessStopped(1, stop)).toBe(false);
});
