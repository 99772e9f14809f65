import { randomUUID } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";

/** Where the time until the first text went, milliseconds. */
export interface AnswerTimes {
  /** From sending the request to its response headers: the question is stored. */
  readonly headersMs: number;
  /** To the first event: the log's first write. */
  readonly firstEventMs: number;
  /** To the first event that holds text of the answer. */
  readonly firstTextMs: number;
  /** To the end of the stream: the whole answer is stored. */
  readonly endMs: number;
  /** The server's own clock: from the start of the work to sources found, and to the model's first text. */
  readonly retrievalMs: number;
  readonly modelTextMs: number;
  /** Of the search: question to vector, words, vectors, passages. */
  readonly search: Readonly<Record<string, number>>;
}

/** Connections stay open between requests, as those of a browser do. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

const TIMEOUT_MS = 30_000;

function post(url: string, key: string, body: unknown): Promise<IncomingMessage> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = {
    "content-type": "application/json",
    "content-length": bytes.length,
    authorization: `Bearer ${key}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent, headers, timeout: TIMEOUT_MS }, resolve);
    sent.once("error", reject);
    sent.once("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    sent.end(bytes);
  });
}

interface Chunk {
  readonly type: string;
  readonly data?: { readonly [name: string]: unknown };
}

/** Asks one question in a new conversation and reads the answer to its end. */
export async function timeAnswer(baseUrl: string, key: string, question: string): Promise<AnswerTimes> {
  const startMs = performance.now();
  const sinceStart = () => performance.now() - startMs;
  const response = await post(`${baseUrl}/api/chat`, key, {
    idempotencyKey: randomUUID(),
    message: { type: "text", text: question },
  });
  const headersMs = sinceStart();
  let firstEventMs = 0;
  let firstTextMs = 0;
  let body = "";
  for await (const piece of response) {
    body += piece;
    if (firstEventMs === 0 && body.includes("\n\n") && body.includes("data:")) firstEventMs = sinceStart();
    if (firstTextMs === 0 && body.includes('"type":"text-delta"')) firstTextMs = sinceStart();
  }
  const endMs = sinceStart();
  if (response.statusCode !== 200)
    throw new Error(`POST /api/chat: ${response.statusCode} ${body.slice(0, 300)}`);
  if (firstTextMs === 0 || !body.includes("[DONE]")) throw new Error(`no whole answer:\n${body.slice(-600)}`);
  return { headersMs, firstEventMs, firstTextMs, endMs, ...serverTimes(body) };
}

function serverTimes(body: string): Pick<AnswerTimes, "retrievalMs" | "modelTextMs" | "search"> {
  const chunks = body
    .split("\n")
    .filter((line) => line.startsWith("data: ["))
    .map((line) => line.slice("data: ".length))
    .filter((json) => json !== "[DONE]")
    .flatMap((json) => JSON.parse(json) as Chunk[]);
  const usage = chunks.find(({ type }) => type === "data-usage")?.data;
  const trace = chunks.find(({ type }) => type === "data-retrieval")?.data?.trace as
    | { readonly timingsMs: Readonly<Record<string, number>> }
    | undefined;
  return {
    retrievalMs: Number(usage?.retrievalMs),
    modelTextMs: Number(usage?.firstTextMs),
    search: trace?.timingsMs ?? {},
  };
}

/** Time until the upstream itself sends its first text, milliseconds: what no server can take away. */
export async function timeUpstream(baseUrl: string, model: string): Promise<number> {
  const startMs = performance.now();
  const response = await post(`${baseUrl}/v1/chat/completions`, "none", {
    model,
    stream: true,
    messages: [{ role: "user", content: "How long?" }],
  });
  let firstMs = 0;
  let body = "";
  for await (const piece of response) {
    body += piece;
    if (firstMs === 0 && body.includes('"content":"tok')) firstMs = performance.now() - startMs;
  }
  return firstMs;
}
