import type { ServerResponse } from "node:http";
import type { Plan, Waits } from "./plan.ts";
import { sendJson } from "./send-json.ts";

const contentFilterError = {
  error: {
    message: "The response was filtered due to the prompt triggering content management policy.",
    type: null,
    param: "prompt",
    code: "content_filter",
    status: 400,
    innererror: {
      code: "ResponsibleAIPolicyViolation",
      content_filter_result: { violence: { filtered: true, severity: "medium" } },
    },
  },
};

/** Sends what stands in place of an answer, when the plan has such a thing. Returns true when it did. */
export function refuse(response: ServerResponse, plan: Plan): boolean {
  if (plan.refusal !== undefined) {
    const { status, waits } = plan.refusal;
    const error = {
      message: `Scripted status ${status}.`,
      type: "scripted_error",
      param: null,
      code: "scripted",
    };
    sendJson(response, status, { error }, waitHeaders(waits));
    return true;
  }
  if (plan.flags.has("cf")) {
    sendJson(response, 400, contentFilterError);
    return true;
  }
  if (plan.flags.has("html")) {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>A proxy says hello</html>");
    return true;
  }
  return false;
}

function waitHeaders(waits: Waits): Record<string, string> {
  const headers: Record<string, string> = {};
  if (waits.retryAfterMs !== undefined) headers["retry-after-ms"] = String(waits.retryAfterMs);
  if (waits.azureRetryAfterMs !== undefined) headers["x-ms-retry-after-ms"] = String(waits.azureRetryAfterMs);
  if (waits.retryAfterSeconds !== undefined) headers["retry-after"] = String(waits.retryAfterSeconds);
  if (waits.retryAfterDateSeconds !== undefined)
    headers["retry-after"] = new Date(Date.now() + waits.retryAfterDateSeconds * 1000).toUTCString();
  return headers;
}
