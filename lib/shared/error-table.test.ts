import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ERROR_TABLE } from "./error-table.ts";

/** Rows of the table in docs/errors.md: code, status, retry, sentence. */
function readManual() {
  const text = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  return new Map(
    Array.from(
      text.matchAll(/^\| `(\w+)` *\| (\d{3}) *\| (yes|no) *\| (.+?) *\|$/gm),
      ([, code, status, retry, message]) => [
        code ?? "",
        { status: Number(status), retryable: retry === "yes", message },
      ],
    ),
  );
}

describe("docs/errors.md", () => {
  const manual = readManual();

  it("explains every code of the program, with its status and its sentence", () => {
    for (const [code, row] of Object.entries(ERROR_TABLE)) expect(manual.get(code), code).toEqual(row);
  });

  it("explains no code that does not exist", () => {
    expect([...manual.keys()].filter((code) => !Object.hasOwn(ERROR_TABLE, code))).toEqual([]);
  });

  it("gives each sentence an end and no inner workings", () => {
    for (const [code, { message }] of Object.entries(ERROR_TABLE)) {
      expect(message, code).toMatch(/[.]$/);
      expect(message, code).not.toMatch(/exception|stack|null|undefined|postgres|sql/i);
    }
  });
});
