import { describe, expect, it } from "vitest";
import { assertSameOrigin, requestOrigin } from "./same-origin.ts";

type Row = [what: string, headers: Record<string, string>, publicUrl: string | undefined, expected: string];

describe("where a request came from", () => {
  it.each<Row>([
    ["our page, by the browser's word", { "sec-fetch-site": "same-origin" }, undefined, "own"],
    ["another site", { "sec-fetch-site": "cross-site" }, undefined, "foreign"],
    ["a sibling host", { "sec-fetch-site": "same-site" }, undefined, "foreign"],
    ["the address bar", { "sec-fetch-site": "none" }, undefined, "foreign"],
    [
      "another site that names our origin",
      { "sec-fetch-site": "cross-site", origin: "https://vouch.test" },
      "https://vouch.test",
      "foreign",
    ],
    ["our public address", { origin: "https://vouch.test" }, "https://vouch.test/", "own"],
    ["our public host without encryption", { origin: "http://vouch.test" }, "https://vouch.test", "foreign"],
    [
      "a host that is not the public one but was asked for",
      { origin: "http://evil.test", host: "evil.test" },
      "https://vouch.test",
      "foreign",
    ],
    [
      "the host that was asked for",
      { origin: "http://localhost:3000", host: "localhost:3000" },
      undefined,
      "own",
    ],
    ["another port", { origin: "http://localhost:4000", host: "localhost:3000" }, undefined, "foreign"],
    [
      "a host forwarded by the client",
      { origin: "http://evil.test", host: "a", "x-forwarded-host": "evil.test" },
      undefined,
      "foreign",
    ],
    ["a sandboxed frame", { origin: "null", host: "localhost:3000" }, undefined, "foreign"],
    ["a program", { host: "localhost:3000" }, undefined, "unknown"],
  ])("%s", (_what, headers, publicUrl, expected) => {
    expect(requestOrigin(new Headers(headers), publicUrl)).toBe(expected);
  });

  it("lets verbs pass that change nothing", () => {
    expect(() => assertSameOrigin({ method: "GET", headers: new Headers() })).not.toThrow();
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])("refuses %s without proof", (method) => {
    const cases: Record<string, string>[] = [
      {},
      { origin: "null" },
      { origin: "http://evil.test", host: "localhost" },
    ];
    for (const headers of cases) {
      expect(() => assertSameOrigin({ method, headers: new Headers(headers) })).toThrow(/other sites/);
    }
  });
});
