import { describe, expect, test } from "vitest";
import type { JsonObject } from "../http/read-json-body.ts";
import { PlainDeltas } from "./plain-deltas.ts";
import type { StreamReading } from "./read-chunk.ts";
import { readChunk } from "./read-chunk.ts";

const readParsed = (chunk: JsonObject): StreamReading => ({ ...readChunk(chunk), error: undefined });
const parsed = (data: string) => readParsed(JSON.parse(data));

/** An event as servers send it, with more fields at the end of its choice. */
function event(text: string, more = ""): string {
  return `{"id":"c1","created":17,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"logprobs":null,"finish_reason":null${more}}],"usage":null}`;
}

function learnt(data: string): PlainDeltas {
  const deltas = new PlainDeltas(readParsed);
  deltas.learn(data, parsed(data));
  return deltas;
}

describe("an event like an earlier one but for its text", () => {
  test("is read as the parser would read it", () => {
    const deltas = learnt(event("Hello"));
    for (const text of [" world", "a", "漢字 é😀", "}],", "x".repeat(500), "/", "\u2028"]) {
      const data = event(text);
      expect(deltas.read(data)).toEqual(parsed(data));
    }
  });

  test("is left to the parser when its text has escapes, is empty, or hides another field", () => {
    const deltas = learnt(event("Hello"));
    const injected = event("x").replace('"x"', '"x","role":"tool"');
    const raw = event("x").replace('"x"', '"\t"');
    for (const data of [event('say "hi"'), event("a\\b"), event("line\n"), event(""), injected, raw]) {
      expect(deltas.read(data)).toBeUndefined();
    }
  });

  test("is left to the parser when anything else of it differs", () => {
    const deltas = learnt(event("Hello"));
    for (const data of [
      event("Hello").replace("17", "18"),
      event("Hello", ',"stop":1'),
      event("Hello").replace("null}", '"stop"}'),
      event("Hello").slice(0, -1),
      `${event("Hello")} `,
      "[DONE]",
      "",
    ]) {
      expect(deltas.read(data)).toBeUndefined();
    }
  });
});

describe("the form of an event", () => {
  test("is found where another field has the same text", () => {
    for (const text of ["m", "c1", "content", "choices", "id"]) {
      const deltas = learnt(event(text));
      const data = event("other");
      expect(deltas.read(data)).toEqual(parsed(data));
    }
  });

  test("is not learnt from events that carry more than text", () => {
    const finish = event("x").replace('"finish_reason":null', '"finish_reason":"stop"');
    const usage = event("x").replace('"usage":null', '"usage":{"prompt_tokens":1}');
    const reasoning = event("x").replace('"content"', '"reasoning":"y","content"');
    const tool = event("x").replace('"content"', '"tool_calls":[],"content"');
    const second = event("x").replace('"index":0', '"index":1');
    const two = event("x").replace('"choices":[', '"choices":[{"index":0,"delta":{"content":"x"}},');
    for (const data of [finish, usage, reasoning, tool, second, two]) {
      expect(learnt(data).read(data)).toBeUndefined();
    }
  });

  test("is learnt anew when it changes, and no more after eight times", () => {
    const deltas = new PlainDeltas(readParsed);
    const at = (second: number) => event("x").replace("17", String(second));
    for (let second = 0; second < 20; second += 1) {
      expect(deltas.read(at(second))).toBeUndefined();
      deltas.learn(at(second), parsed(at(second)));
    }
    expect(deltas.read(at(7))).toEqual(parsed(at(7)));
    expect(deltas.read(at(19))).toBeUndefined();
  });
});
