import { describe, expect, it } from "vitest";
import { readJson } from "./read-json.ts";

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
}

async function codeOf(request: Request, maxBytes = 1000): Promise<unknown> {
  return readJson(request, maxBytes).then(
    () => "accepted",
    (error: { code?: unknown }) => error.code,
  );
}

describe("reading a JSON body", () => {
  it("gives back the object, umlauts and all", async () => {
    expect(await readJson(post('{"a":[1,{"b":"Grüße 👋"}]}'), 1000)).toEqual({ a: [1, { b: "Grüße 👋" }] });
  });

  it.each([
    ["nothing", ""],
    ["half an object", '{"a":'],
    ["a trailing comma", '{"a":1,}'],
  ])("refuses %s as invalid JSON", async (_what, body) => {
    expect(await codeOf(post(body))).toBe("invalid_json");
  });

  it("refuses bytes that are not UTF-8", async () => {
    expect(await codeOf(post(new Uint8Array([0x22, 0xff, 0xfe, 0x22])))).toBe("invalid_json");
  });

  it.each([
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "1"],
    ["a text", '"x"'],
    ["__proto__ as a key", '{"a":{"__proto__":{"role":"admin"}}}'],
    ["__proto__ spelt with escapes", '{"\\u005f\\u005fproto__":1}'],
    ["NUL in a text", '{"a":"x\\u0000y"}'],
    ["NUL in a key", '{"a\\u0000":1}'],
    ["half a surrogate pair", '{"a":"\\ud800"}'],
  ])("refuses %s as an invalid request", async (_what, body) => {
    expect(await codeOf(post(body))).toBe("invalid_request");
  });

  it("refuses a hundred thousand brackets without exhausting the stack", async () => {
    const body = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await codeOf(post(body), 1_000_000)).toBe("invalid_request");
  });

  it.each([
    ["text/plain"],
    ["application/x-www-form-urlencoded"],
    ["application/json; charset=utf-16"],
    ["text/plain; application/json"],
    [""],
  ])("refuses the content type %j", async (contentType) => {
    expect(await codeOf(post("{}", { "content-type": contentType }))).toBe("unsupported_media_type");
  });

  it.each([["application/json"], ["Application/JSON; charset=UTF-8"], ['application/json;charset="utf-8"']])(
    "accepts the content type %j",
    async (contentType) => {
      expect(await codeOf(post("{}", { "content-type": contentType }))).toBe("accepted");
    },
  );

  it("refuses a compressed body, which could unpack to anything", async () => {
    expect(await codeOf(post("{}", { "content-encoding": "gzip" }))).toBe("unsupported_media_type");
  });

  it("refuses a body over the limit", async () => {
    expect(await codeOf(post(JSON.stringify({ a: "x".repeat(2000) })))).toBe("body_too_large");
  });
});
