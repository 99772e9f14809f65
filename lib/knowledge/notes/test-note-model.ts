/** A chat model over a socket that writes sentences about passages as tests tell it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A passage as the model was shown it. */
export interface ShownPassage {
  readonly number: number;
  readonly headings: readonly string[];
  readonly before: string;
  readonly text: string;
}

/** A request as the model saw it. */
export interface NoteRequest {
  readonly instructions: string;
  readonly document: { readonly title: string; readonly beginning: string };
  readonly passages: readonly ShownPassage[];
}

/** What the model answers: text, a status to refuse with, or silence. */
export type NoteAnswer = string | number | "silence";

/** An answer with one sentence for each passage. */
export function sentences(
  { passages }: NoteRequest,
  say: (passage: ShownPassage) => unknown = ({ headings }) =>
    `Stands under ${headings.join(", ") || "none"}.`,
): string {
  const entries = passages.map((passage) => ({ number: passage.number, sentence: say(passage) }));
  return JSON.stringify({ sentences: entries });
}

/** Starts it; requests are kept in order. */
export async function startNoteModel() {
  const requests: NoteRequest[] = [];
  const model = {
    requests,
    answer: (request: NoteRequest): NoteAnswer => sentences(request),
    /** Passages it was shown, over all requests. */
    shown: () => requests.reduce((sum, { passages }) => sum + passages.length, 0),
    url: "",
    close: () => {},
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    const [system, user] = messages;
    const asked = {
      instructions: system?.content ?? "",
      ...JSON.parse(user?.content ?? "{}"),
    } as NoteRequest;
    requests.push(asked);
    const answer = model.answer(asked);
    if (answer === "silence") return;
    const isRefusal = typeof answer === "number";
    response.writeHead(isRefusal ? answer : 200, { "content-type": "application/json" });
    const message = { role: "assistant", content: answer };
    const usage = { prompt_tokens: 100, completion_tokens: 10 };
    const whole = {
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage,
    };
    response.end(JSON.stringify(isRefusal ? { error: { message: "no" } } : whole));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  model.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  model.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return model;
}
