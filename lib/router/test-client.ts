import { request as httpRequest, type IncomingMessage } from "node:http";
import { metricsText } from "../platform/metrics.ts";
import { EventParser } from "./stream/event-parser.ts";
import { TEST_KEY } from "./test-router.ts";

/** What came back for a raw call. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** False when the body was cut before its end. */
  readonly isWholeHttp: boolean;
  /** Data of the events, for streams. */
  readonly events: string[];
}

/** A body for a chat call. */
export function chatBody(model: string, more: object = {}) {
  return { model, messages: [{ role: "user", content: "one two three four" }], ...more };
}

/** Posts JSON as a plain client would; `onChunk` sees each piece of the answer and may destroy the call. */
export function postRaw(
  url: string,
  body: unknown,
  options: {
    readonly onChunk?: (text: string, destroy: () => void) => void;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${TEST_KEY}`,
      "content-type": "application/json",
      ...options.headers,
    };
    const request = httpRequest(url, { method: "POST", headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => {
        pieces.push(piece);
        options.onChunk?.(piece.toString("utf8"), () => request.destroy());
      });
      response.on("error", () => {});
      response.once("close", () => {
        const bytes = Buffer.concat(pieces);
        const parser = new EventParser();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: bytes.toString("utf8"),
          isWholeHttp: response.complete,
          events: [...parser.push(bytes), ...parser.end()],
        });
      });
    });
    request.once("error", reject);
    request.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

interface AnyChunk {
  readonly id?: string;
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly function: { readonly arguments: string };
      }[];
    };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: unknown;
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** The events of an answer as JSON, without `[DONE]`. */
export function chunksOf(answer: RawAnswer): AnyChunk[] {
  return answer.events.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
}

/** The text an answer streamed. */
export function textOf(answer: RawAnswer): string {
  return chunksOf(answer)
    .map((chunk) => chunk.choices?.[0]?.delta?.content ?? "")
    .join("");
}

/** Sum of a metric over all its labels. */
export async function metricSum(name: string): Promise<number> {
  const { text } = await metricsText();
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
