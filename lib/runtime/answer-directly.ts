import type { IncomingMessage, ServerResponse } from "node:http";
import type { RouteHandler } from "../identity/index.ts";
import { transportHeaders } from "../platform/http/index.ts";
import { AppError } from "../shared/errors.ts";

/**
 * Answers a request of `node:http` by a route handler without Next between them, which costs a short answer about as much
 * as its own work (decision 033). For handlers whose answer is whole when they return it; streams belong to Next.
 */
export function answerDirectly(
  handler: RouteHandler,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const left = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) left.abort();
  });
  // A handler turns every error into an answer; what fails here is a client that is gone.
  void respond(handler, request, response, left.signal).catch(() => response.destroy());
}

async function respond(
  handler: RouteHandler,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const answer = await handler(toWebRequest(request, signal));
  const body = Buffer.from(await answer.arrayBuffer());
  for (const [name, value] of Object.entries(transportHeaders())) response.setHeader(name, value);
  response.setHeaders(answer.headers);
  response.setHeader("content-length", body.length);
  response.writeHead(answer.status).end(body);
}

function toWebRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  }
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return new Request(`http://localhost${request.url}`, {
    method: request.method ?? "GET",
    headers,
    signal,
    ...(hasBody ? { body: bodyOf(request), duplex: "half" } : {}),
  } as RequestInit);
}

/** The body, read as it is asked for. Letting go of it leaves the connection open: the refusal is still to be sent. */
function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await pieces.next();
          if (next.done) controller.close();
          else controller.enqueue(next.value);
        } catch (cause) {
          const message = "The body ended before it was complete.";
          controller.error(new AppError("invalid_request", { message, cause }));
        }
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
