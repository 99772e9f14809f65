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
});
