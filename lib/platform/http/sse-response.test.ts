import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/errors.ts";
import { formatSseEvent, type SseEvent, sseResponse } from "./sse-response.ts";

async function* eventsOf(...events: SseEvent[]): AsyncGenerator<SseEvent> {
  yield* events;
}

/** Numbered events without end that remember how many were asked for and whether they were let go. */
function endlessEvents() {
  const seen = { asked: 0, returned: false };
  async function* generate(): AsyncGenerator<SseEvent> {
    try {
      for (;;) {
        seen.asked += 1;
        yield { data: String(seen.asked) };
      }
    } finally {
      seen.returned = true;
    }
  }
  return { seen, events: generate() };
}

/** A source that never has anything to say. */
function silentEvents() {
  const seen = { returned: false };
  const events: AsyncIterable<SseEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        seen.returned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  return { seen, events };
}

function readerOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error("no body");
  return reader;
}

describe("a stream of events", () => {
  it("writes ids, names and data as the format wants them", async () => {
    const response = sseResponse(eventsOf({ id: "1", event: "delta", data: "a\nb\r\nc" }, { data: "" }));
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(await response.text()).toBe("event: delta\nid: 1\ndata: a\ndata: b\ndata: c\n\ndata: \n\n");
  });

  it("lets no line break of a name forge another event", () => {
    expect(formatSseEvent({ event: "a\ndata: forged", id: "1\n\ndata: x", data: "ok" })).toBe(
      "event: adata: forged\nid: 1data: x\ndata: ok\n\n",
    );
  });

  it("asks the source for nothing that is not read", async () => {
    const { seen, events } = endlessEvents();
    const reader = sseResponse(events).body?.getReader();
    await reader?.read();
    await reader?.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.asked).toBe(2);
    await reader?.cancel();
    expect(seen.returned).toBe(true);
  });

  it("sends a comment into silence", async () => {
    const { seen, events } = silentEvents();
    const reader = readerOf(sseResponse(events, { heartbeatMs: 1 }));
    expect((await reader.read()).value).toBe(": keep-alive\n\n");
    expect((await reader.read()).value).toBe(": keep-alive\n\n");
    await reader.cancel();
    expect(seen.returned).toBe(true);
  });

  it("loses no event that arrives after a comment", async () => {
    let speak: (event: SseEvent) => void = () => {};
    async function* generate(): AsyncGenerator<SseEvent> {
      yield await new Promise<SseEvent>((resolve) => {
        speak = resolve;
      });
    }
    const reader = readerOf(sseResponse(generate(), { heartbeatMs: 1 }));
    await reader.read();
    speak({ data: "late" });
    let text = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    expect(text.replaceAll(": keep-alive\n\n", "")).toBe("data: late\n\n");
  });

  it("ends when the signal says so, even inside silence", async () => {
    const { seen, events } = silentEvents();
    const controller = new AbortController();
    const reader = readerOf(sseResponse(events, { signal: controller.signal }));
    const read = reader.read();
    controller.abort();
    expect((await read).done).toBe(true);
    expect(seen.returned).toBe(true);
  });

  it("tells a failure of the source as an event with the usual body, without its text", async () => {
    async function* generate(): AsyncGenerator<SseEvent> {
      yield { data: "first" };
      throw new AppError("model_timeout", { cause: new Error("https://secret.internal") });
    }
    const text = await sseResponse(generate(), { requestId: "request-1" }).text();
    expect(text).toContain("data: first\n\nevent: error\ndata: {");
    expect(text).toContain('"code":"model_timeout"');
    expect(text).toContain('"requestId":"request-1"');
    expect(text).not.toContain("secret.internal");
  });
});
