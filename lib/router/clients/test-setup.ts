import { crc32, deflateSync } from "node:zlib";
import { APIError } from "openai";
import { formatSources } from "../../shared/prompt-contract.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";

/** The router all clients are tried against: mapped, native and Azure's kinds of one scripted upstream. */
export function startClientRouter(models: readonly string[] = []): Promise<TestRouter> {
  return startTestRouter({
    models: ["scripted-chat", "mock_n5", ...models],
    upstreams: [
      "  native: { kind: openai, baseUrl: UPSTREAM/v1, apiKey: { env: KEY }, responses: native }",
      "  chats: { kind: openai, baseUrl: UPSTREAM/v1, apiKey: { env: KEY }, completions: mapped }",
      "  azure: { kind: azure, endpoint: UPSTREAM, apiKey: { env: KEY }, apiVersion: v1 }",
    ].join("\n"),
    modelEntries: [
      "  - { name: native_n5, kind: chat, upstream: native, upstreamModel: mock_n5 }",
      "  - { name: native_tool, kind: chat, upstream: native, upstreamModel: mock_n2_tool }",
      "  - { name: native_end3, kind: chat, upstream: native, upstreamModel: mock_n9_i5_end3 }",
      "  - { name: native_cff, kind: chat, upstream: native, upstreamModel: mock_n5_cff }",
      "  - { name: chats_n5, kind: chat, upstream: chats, upstreamModel: mock_n5 }",
      "  - { name: azure_n5, kind: chat, upstream: azure, deployment: mock_n5 }",
      "  - { name: scripted-rerank, kind: rerank, upstream: scripted }",
    ].join("\n"),
  });
}

/** The body of the last call the scripted upstream had. */
export function lastBody(router: TestRouter): Record<string, unknown> {
  return router.upstream.ledger.entries.at(-1)?.body as Record<string, unknown>;
}

/** The official SDK's error of a call that must fail. */
export async function apiErrorOf(call: Promise<unknown>): Promise<APIError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof APIError) return error;
  throw new Error("no APIError", { cause: error });
}

/** What `mock_n5` says. */
export const FIVE_TOKENS = "tok0 tok1 tok2 tok3 tok4 ";

/** What all models that answer prompts say to {@link PUMP_QUESTION} under {@link PUMP_SOURCES}. */
export const PUMP_ANSWER = "The pump was replaced in May 2024. [2]";

export const PUMP_QUESTION = "When was the pump replaced?";

export const PUMP_SOURCES = `Answer from the sources.\n${formatSources([
  { number: 1, title: "Lease", text: "The rent is due on the first day of each month." },
  { number: 2, title: "Log", page: 3, text: "The pump was replaced in May 2024. It runs quietly." },
])}`;

/** A small picture as clients send one. */
export const IMAGE_BASE64 = tinyPng().toString("base64");

/** A PNG of one black pixel. */
function tinyPng(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 0]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
