import { describe, expect, it } from "vitest";
import { openSealed, sealText } from "./sealed-text.ts";
import { programSecret } from "./secrets.ts";

const keys = (configuredSecret: string) => ({
  programSecret: (purpose: string) => programSecret(purpose, { configuredSecret, dataDir: "/nowhere" }),
});
const deps = keys("s".repeat(40));
const mine = { purpose: "document-password", owner: "org/document" };

describe("a sealed text", () => {
  it("opens for what it was sealed for, and tells nothing about itself", () => {
    const sealed = sealText("geheim ü", mine, deps);
    expect(openSealed(sealed, mine, deps)).toBe("geheim ü");
    expect(Buffer.from(sealed, "base64url").includes("geheim")).toBe(false);
    expect(sealText("geheim ü", mine, deps)).not.toBe(sealed);
  });

  it("opens for no other owner, purpose or installation", () => {
    const sealed = sealText("geheim", mine, deps);
    expect(openSealed(sealed, { ...mine, owner: "org/other" }, deps)).toBeNull();
    expect(openSealed(sealed, { ...mine, purpose: "other" }, deps)).toBeNull();
    expect(openSealed(sealed, mine, keys("t".repeat(40)))).toBeNull();
  });

  it("does not open when it was changed or cut", () => {
    const bytes = Buffer.from(sealText("geheim", mine, deps), "base64url");
    for (const at of [0, 12, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openSealed(changed.toString("base64url"), mine, deps)).toBeNull();
    }
    expect(openSealed(bytes.subarray(0, 20).toString("base64url"), mine, deps)).toBeNull();
    expect(openSealed("", mine, deps)).toBeNull();
  });
});
