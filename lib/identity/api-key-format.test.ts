import { describe, expect, it } from "vitest";
import { apiKeyPrefix, hashApiKey, isApiKey, makeApiKey } from "./api-key-format.ts";

describe("API keys", () => {
  it("are vch_ and 36 characters, and no two are the same", () => {
    const keys = Array.from({ length: 200 }, makeApiKey);
    for (const key of keys) {
      expect(key).toMatch(/^vch_[0-9A-Za-z]{36}$/);
      expect(isApiKey(key)).toBe(true);
    }
    expect(new Set(keys).size).toBe(200);
  });

  it("carry a checksum, so that any single typing error is seen without a look-up", () => {
    const key = makeApiKey();
    for (let place = 4; place < key.length; place += 1) {
      const wrong = key.charAt(place) === "x" ? "y" : "x";
      expect(isApiKey(key.slice(0, place) + wrong + key.slice(place + 1))).toBe(false);
    }
  });

  // Computed with another program: CRC32 of "vch_" and thirty zeros is 3851201269.
  it("end in the CRC32 of the rest, six digits of base62", () => {
    expect(isApiKey("vch_0000000000000000000000000000004CdFNV")).toBe(true);
  });

  it.each([[""], ["vch_"], ["sk-abc"], ["null"], ["undefined"], [`vch_${"a".repeat(36)} `], ["' or 1=1 --"]])(
    "are not %j",
    (text) => {
      expect(isApiKey(text)).toBe(false);
    },
  );

  it("are stored as SHA-256 and shown by their first ten characters", () => {
    expect(hashApiKey("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(apiKeyPrefix("vch_0123456789")).toBe("vch_012345");
  });
});
