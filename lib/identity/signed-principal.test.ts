import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { newId } from "../shared/ids.ts";
import type { Principal } from "./schema.ts";
import { signPrincipal, verifySignedPrincipal } from "./signed-principal.ts";

const principal: Principal = {
  orgId: newId(),
  userId: newId(),
  name: "Grüße",
  email: null,
  role: "editor",
  isGuest: false,
  via: "session",
  scopes: [],
};
const secret = Buffer.alloc(32, 7);
const at = (nowMs: number, key: Buffer = secret) => ({ nowMs: () => nowMs, secret: () => key });
const START_MS = 1_800_000_000_000;

function sign(): string {
  return signPrincipal(principal, { requestId: "request-1" }, at(START_MS));
}

describe("a signed principal", () => {
  it("comes back as it was, with the request it belongs to", () => {
    expect(verifySignedPrincipal(sign(), at(START_MS + 30_000))).toEqual({
      principal,
      requestId: "request-1",
    });
  });

  it("is worth nothing after 60 seconds", () => {
    expect(verifySignedPrincipal(sign(), at(START_MS + 59_000))).not.toBeNull();
    expect(verifySignedPrincipal(sign(), at(START_MS + 60_000))).toBeNull();
  });

  it("is worth nothing when it claims to last longer than any does", () => {
    expect(verifySignedPrincipal(sign(), at(START_MS - 3_600_000))).toBeNull();
  });

  it("is worth nothing with another secret", () => {
    expect(verifySignedPrincipal(sign(), at(START_MS, Buffer.alloc(32, 8)))).toBeNull();
  });

  it("is worth nothing when a role in it was changed", () => {
    const [payload = "", mac] = sign().split(".");
    const text = Buffer.from(payload, "base64url").toString("utf8").replace('"editor"', '"admin"');
    expect(
      verifySignedPrincipal(`${Buffer.from(text).toString("base64url")}.${mac}`, at(START_MS)),
    ).toBeNull();
  });

  it("is worth nothing when the same secret signed it for another purpose", () => {
    const [payload = ""] = sign().split(".");
    for (const signed of [payload, `vouch-share-v1.${payload}`]) {
      const mac = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(verifySignedPrincipal(`${payload}.${mac}`, at(START_MS))).toBeNull();
    }
  });

  it.each([[""], ["."], ["a.b"], ["a.b.c"], ["null"], ["eyJhbGciOiJub25lIn0.e30."]])("is not %j", (token) => {
    expect(verifySignedPrincipal(token, at(START_MS))).toBeNull();
  });
});
