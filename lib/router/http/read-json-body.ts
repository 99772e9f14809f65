import type { IncomingMessage } from "node:http";
import { ApiError } from "./api-error.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { ByteCollector } from "./byte-collector.ts";
import { isTooDeep } from "./is-too-deep.ts";

/** A JSON object of unknown content. */
export type JsonObject = { [key: string]: unknown };

/** True for a JSON object, false for null, lists and plain values. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How a body is read. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** What all bodies that are being read may take together; small ones pass when it is spent. */
  readonly budget: ByteBudget;
}

/** Bodies up to this size are read also when the budget is spent: it is the large ones that fill memory. */
const SMALL_BODY_BYTES = 64 * 1024;

const drained = new WeakSet<IncomingMessage>();

/** Body larger than this is drained no further after the refusal: the connection is cut instead. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;

/**
 * Reads a JSON object, counting bytes while they arrive.
 *
 * @throws ApiError 413 over the limit, 408 when it does not arrive in time, 503 when too much is being read, 400 when it is no JSON object or too deep.
 */
export async function readJsonBody(request: IncomingMessage, limits: BodyLimits): Promise<JsonObject> {
  const bytes = await readBytes(request, limits);
  if (isTooDeep(bytes)) {
    throw new ApiError(400, { message: "The body is nested too deeply.", code: "invalid_json" });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new ApiError(400, { message: "The body is not valid JSON.", code: "invalid_json" }, { cause });
  }
  if (!isJsonObject(parsed)) {
    throw new ApiError(400, { message: "The body must be a JSON object.", code: "invalid_json" });
  }
  return parsed;
}

function readBytes(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limits.maxBytes) {
    drain(request);
    return Promise.reject(tooLarge(limits));
  }
  // The client left while it was found out who it is: nothing more will be heard of it.
  if (request.destroyed) return Promise.reject(clientClosed());
  return new Promise((resolve, reject) => {
    const body = new ByteCollector();
    let taken = 0;
    const timer = setTimeout(() => {
      settle();
      drain(request);
      reject(
        new ApiError(408, { message: "The request body did not arrive in time.", code: "body_timeout" }),
      );
    }, limits.timeoutMs);
    const onData = (piece: Buffer) => {
      body.push(piece);
      if (body.size > limits.maxBytes) {
        settle();
        drain(request);
        reject(tooLarge(limits));
      } else if (body.size > SMALL_BODY_BYTES) {
        if (limits.budget.take(body.size - taken)) taken = body.size;
        else {
          settle();
          drain(request);
          reject(tooBusy());
        }
      }
    };
    const onEnd = () => {
      settle();
      resolve(body.bytes());
    };
    const onClose = () => {
      settle();
      reject(clientClosed());
    };
    const settle = () => {
      clearTimeout(timer);
      limits.budget.give(taken);
      taken = 0;
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    };
    request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

/** The client left before anything was done for it; nobody reads this, the count of refusals has it. */
export function clientClosed(): ApiError {
  return new ApiError(499, { message: "The client left.", code: "client_closed" });
}

function tooBusy(): ApiError {
  return new ApiError(
    503,
    { message: "Too many large requests are being read at the moment.", code: "unavailable" },
    { headers: { "retry-after": "1" } },
  );
}

function tooLarge(limits: BodyLimits): ApiError {
  const megabytes = Math.round(limits.maxBytes / 1024 / 1024);
  return new ApiError(413, {
    message: `The request body is larger than ${megabytes} MB.`,
    code: "body_too_large",
  });
}

/** Lets a refused client finish sending, so that it reads the refusal instead of a reset; within limits. */
export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed || drained.has(request)) return;
  drained.add(request);
  let left = MAX_DRAINED_BYTES;
  const cut = setTimeout(() => request.destroy(), 5_000);
  cut.unref();
  request.on("error", () => {
    // The client hung up while being refused: nothing is lost.
  });
  request.on("data", (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) request.destroy();
  });
  request.once("close", () => clearTimeout(cut));
  request.once("end", () => clearTimeout(cut));
  request.resume();
}
