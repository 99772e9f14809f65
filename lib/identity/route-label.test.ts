import { describe, expect, it } from "vitest";
import { routeLabel } from "./route-label.ts";

describe("the label of a route", () => {
  it("names parameters instead of showing them", () => {
    expect(routeLabel("/api/documents/0190/pages/7", { id: "0190", page: "7" })).toBe(
      "/api/documents/{id}/pages/{page}",
    );
  });

  it("shows no value even when it is encoded, nested or unknown", () => {
    expect(routeLabel("/share/a%20b", { token: "a b" })).toBe("/share/{token}");
    expect(routeLabel("/api/auth/callback/password", { nextauth: ["callback", "password"] })).toBe(
      "/api/auth/{nextauth}/{nextauth}",
    );
    expect(routeLabel("/api/0190b/%E0%A4%A", {})).toBe("/api/{value}/{value}");
  });

  it("keeps the words of our own paths", () => {
    expect(routeLabel("/v1/chat/completions", {})).toBe("/v1/chat/completions");
    expect(routeLabel("/api/openapi.json", {})).toBe("/api/openapi.json");
    expect(routeLabel("/api/api-keys", {})).toBe("/api/api-keys");
  });
});
