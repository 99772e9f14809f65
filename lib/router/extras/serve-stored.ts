import { adaptEndpoint } from "../endpoints/adapt-endpoint.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import { sendJson } from "../http/send-json.ts";
import { type ModelRequest, type RouterParts, routeHeaders } from "../model-request.ts";
import type { RequestSummary } from "../request-summary.ts";
import { ClientStream } from "../stream/client-stream.ts";
import type { StoredAnswer } from "./exact-cache.ts";
import { recordReuse } from "./record-reuse.ts";
import { replayAnswer } from "./replay-answer.ts";

/** Answers with a stored answer, in one piece or as the stream it would have been. No upstream is asked. */
export function serveStored(asked: ModelRequest, parts: RouterParts, stored: StoredAnswer): RequestSummary {
  const target = recordReuse(asked, parts);
  const headers = {
    "x-request-id": asked.requestId,
    "x-vouch-overhead-ms": asked.elapsedMs().toFixed(2),
    ...asked.answerHeaders,
    ...routeHeaders(target, 0),
  };
  const isStream = asked.endpoint === "chat/completions" && asked.body.stream === true;
  if (isStream) streamStored(asked, parts, stored, headers);
  else sendJson(asked.response, 200, stored.json, headers);
  return { target, attempts: 0, outcome: "complete", firstTokenMs: undefined, error: undefined };
}

function streamStored(
  asked: ModelRequest,
  { config }: RouterParts,
  stored: StoredAnswer,
  headers: Readonly<Record<string, string>>,
): void {
  const { withUsage, createEncoder } = adaptEndpoint(
    asked.endpoint,
    asked.body,
    asked.model.targets[0].upstream,
  );
  // All is sent at once: there is nothing to hold back while the client reads.
  const client = new ClientStream(asked.response, config.clientStuckMs, { full() {}, drained() {} });
  const encoder = createEncoder();
  let text = "";
  for (const chunk of replayAnswer(parse(stored), { withUsage })) {
    text += encoder.chunk(chunk, JSON.stringify(chunk));
  }
  client.open(headers);
  client.end(text + encoder.done());
}

function parse({ json }: StoredAnswer): JsonObject {
  const answer: unknown = JSON.parse(json.toString("utf8"));
  if (!isJsonObject(answer)) throw new Error("a stored answer is no JSON object");
  return answer;
}
