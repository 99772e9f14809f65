import { describe, expect, it } from "vitest";
import { counter, gauge, histogram, metricsText } from "./metrics.ts";

describe("metrics", () => {
  it("gives the same metric for the same name, so that two copies of a module count together", () => {
    const options = { name: "vouch_test_total", help: "Test.", labels: ["route"] as const };
    counter(options).inc({ route: "/a" });
    counter(options).inc({ route: "/a" });
    expect(counter(options)).toBe(counter(options));
  });

  it("shows every metric in the Prometheus text format", async () => {
    counter({ name: "vouch_test_shown_total", help: "Shown." }).inc(3);
    gauge({ name: "vouch_test_open", help: "Open." }).set(7);
    histogram({ name: "vouch_test_seconds", help: "Seconds.", buckets: [0.1, 1] }).observe(0.5);
    const { contentType, text } = await metricsText();
    expect(contentType).toContain("text/plain");
    expect(text).toContain("vouch_test_shown_total 3");
    expect(text).toContain("vouch_test_open 7");
    expect(text).toContain('vouch_test_seconds_bucket{le="1"} 1');
    expect(text).toContain('vouch_test_seconds_bucket{le="0.1"} 0');
  });

  it("counts each combination of labels by itself and writes values so that a scraper reads them back", async () => {
    const odd = counter({ name: "vouch_test_odd_total", help: "Odd.", labels: ["model", "kind"] as const });
    odd.inc({ model: 'a"b\\c\nd', kind: "x" });
    odd.inc({ model: "a", kind: "x" }, 2);
    odd.inc({ kind: "x", model: "a" }, 2);
    const { text } = await metricsText();
    expect(text).toContain('vouch_test_odd_total{model="a\\"b\\\\c\\nd",kind="x"} 1\n');
    expect(text).toContain('vouch_test_odd_total{model="a",kind="x"} 4\n');
  });

  it("sums a histogram's buckets up to the bound, with sum and count", async () => {
    const sizes = histogram({
      name: "vouch_test_sizes",
      help: "Sizes.",
      labels: ["kind"] as const,
      buckets: [1, 10],
    });
    const cell = sizes.cell({ kind: "x" });
    for (const value of [0.5, 1, 5, 50]) cell.observe(value);
    const { text } = await metricsText();
    expect(text).toContain(
      [
        'vouch_test_sizes_bucket{kind="x",le="1"} 2',
        'vouch_test_sizes_bucket{kind="x",le="10"} 3',
        'vouch_test_sizes_bucket{kind="x",le="+Inf"} 4',
        'vouch_test_sizes_sum{kind="x"} 56.5',
        'vouch_test_sizes_count{kind="x"} 4',
      ].join("\n"),
    );
  });

  it("refuses what cannot be counted", () => {
    const strict = counter({ name: "vouch_test_strict_total", help: "Strict." });
    expect(() => strict.inc(-1)).toThrow(RangeError);
    expect(() => strict.inc(Number.NaN)).toThrow(RangeError);
  });
});
