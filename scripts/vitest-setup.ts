import { afterEach, beforeEach, expect, vi } from "vitest";

/** A stray console.error is a finding: silence is part of every test's result. */
beforeEach(() => {
  vi.spyOn(console, "error");
});

afterEach(() => {
  const calls = vi.mocked(console.error).mock.calls;
  vi.mocked(console.error).mockRestore();
  expect(calls, "console.error was called").toEqual([]);
});
