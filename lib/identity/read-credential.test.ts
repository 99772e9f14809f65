import { describe, expect, it } from "vitest";
import { cookieValue, readCredential } from "./read-credential.ts";

const COOKIE = "vouch-session";

describe("the one credential of a request", () => {
  it.each([
    ["Authorization", { authorization: "Bearer vch_a" }],
    ["Authorization in small letters", { authorization: "bearer   vch_a " }],
    ["x-api-key", { "x-api-key": "vch_a" }],
    ["api-key, as Azure's clients send it", { "api-key": "vch_a" }],
    ["the same key twice", { authorization: "Bearer vch_a", "x-api-key": "vch_a" }],
  ])("is the key in %s", (_where, headers) => {
    expect(readCredential(headers, COOKIE)).toEqual({ kind: "key", key: "vch_a" });
    expect(readCredential(new Headers(headers), COOKIE)).toEqual({ kind: "key", key: "vch_a" });
  });

  it("is the key alone when there is a cookie too", () => {
    const headers = { authorization: "Bearer vch_a", cookie: `${COOKIE}=token` };
    expect(readCredential(headers, COOKIE)).toEqual({ kind: "key", key: "vch_a" });
  });

  it.each([["Bearer"], ["Bearer "], ["Bearer null"], ["Bearer a.b"]])(
    "is a (bad) key even when it is only %j, so that a cookie does not step in",
    (authorization) => {
      expect(readCredential({ authorization, cookie: `${COOKIE}=token` }, COOKIE)?.kind).toBe("key");
    },
  );

  it("is refused when two different keys are given", () => {
    expect(() => readCredential({ authorization: "Bearer vch_a", "api-key": "vch_b" }, COOKIE)).toThrow(
      /API key/,
    );
  });

  it("is the session of the cookie otherwise", () => {
    expect(readCredential({ cookie: `a=b; ${COOKIE}=token; c=d` }, COOKIE)).toEqual({
      kind: "session",
      token: "token",
    });
  });

  it("is nothing for a proxy's own sign-in, other cookies, or none", () => {
    expect(readCredential({ authorization: "Basic dTpw" }, COOKIE)).toBeNull();
    expect(readCredential({ cookie: `x${COOKIE}=token; ${COOKIE}=` }, COOKIE)).toBeNull();
    expect(readCredential({}, COOKIE)).toBeNull();
  });

  it("is no cookie where cookies are not accepted", () => {
    expect(readCredential({ cookie: `${COOKIE}=token` }, undefined)).toBeNull();
  });

  it("takes the first of two cookies of one name", () => {
    expect(cookieValue("a=1; a=2", "a")).toBe("1");
  });
});
