import { describe, expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./password-hash.ts";

describe("passwords", () => {
  it("are known again, and only they", async () => {
    const stored = await hashPassword("correct horse battery");
    expect(stored).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword("correct horse battery", stored)).toBe(true);
    expect(await verifyPassword("correct horse batterz", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });

  it("have a salt of their own each time", async () => {
    const [a, b] = await Promise.all([hashPassword("same password"), hashPassword("same password")]);
    expect(a).not.toBe(b);
  });

  it("are the same whether an accent was typed as one key or two", async () => {
    expect(await verifyPassword("cafe\u0301 au lait", await hashPassword("café au lait"))).toBe(true);
  });

  it.each([[null], [""], ["plain text"], ["scrypt$1"]])("never match the stored value %j", async (stored) => {
    expect(await verifyPassword("plain text", stored)).toBe(false);
  });

  it("are verified with the parameters they were stored with", async () => {
    const { scryptSync } = await import("node:crypto");
    const salt = Buffer.alloc(16, 1);
    const hash = scryptSync("older password", salt, 32, { N: 1024, r: 8, p: 1 });
    const stored = `scrypt$1024$8$1$${salt.toString("base64url")}$${hash.toString("base64url")}`;
    expect(await verifyPassword("older password", stored)).toBe(true);
  });
});
