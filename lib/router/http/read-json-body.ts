import type { IncomingMessage } from "node:http";
import { unwatch, type Watched, watch } from "../watch-clock.ts";
import { ApiError, toApiError } from "./api-error.ts";
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

/** Gets a body, or the reason why there is none; one of the two, once, never inside {@link readJsonBody}. */
export interface BodyTaker {
  taken(body: JsonObject): void;
  /** ApiError 413 over the limit, 408 late, 503 when too much is being read, 400 no JSON object or too deep, 499 gone. */
  refused(error: ApiError): void;
}

/** Reads a JSON object, counting bytes while they arrive. */
export function readJsonBody(request: IncomingMessage, limits: BodyLimits, taker: BodyTaker): void {
  if (Number(request.headers["content-length"] ?? 0) > limits.maxBytes) {
    drain(request);
    queueMicrotask(() => taker.refused(tooLarge(limits)));
  } else if (request.destroyed) {
    // The client left while it was found out who it is: nothing more will be heard of it.
    queueMicrotask(() => taker.refused(clientClosed()));
  } else new BodyReading(request, limits, taker);
}

/** A body on its way. */
class BodyReading implements Watched {
  rosterPlace = -1;
  readonly #request: IncomingMessage;
  readonly #limits: BodyLimits;
  readonly #taker: BodyTaker;
  readonly #startedAt = performance.now();
  readonly #body = new ByteCollector();
  #budgeted = 0;

  constructor(request: IncomingMessage, limits: BodyLimits, taker: BodyTaker) {
    this.#request = request;
    this.#limits = limits;
    this.#taker = taker;
    watch(this);
    request
      .on("data", this.#onData)
      .on("end", this.#onEnd)
      .on("close", this.#onClose)
      .on("error", this.#onClose);
  }

  look(nowMs: number): void {
    if (nowMs - this.#startedAt < this.#limits.timeoutMs) return;
    const message = "The request body did not arrive in time.";
    this.#refuse(new ApiError(408, { message, code: "body_timeout" }));
  }

  readonly #onData = (piece: Buffer): void => {
    const { maxBytes, budget } = this.#limits;
    this.#body.push(piece);
    const { size } = this.#body;
    if (size > maxBytes) this.#refuse(tooLarge(this.#limits));
    else if (size > SMALL_BODY_BYTES) {
      if (budget.take(size - this.#budgeted)) this.#budgeted = size;
      else this.#refuse(tooBusy());
    }
  };

  readonly #onEnd = (): void => {
    this.#settle();
    let body: JsonObject;
    try {
      body = parseBody(this.#body.bytes());
    } catch (error) {
      this.#taker.refused(toApiError(error));
      return;
    }
    this.#taker.taken(body);
  };

  readonly #onClose = (): void => {
    this.#settle();
    this.#taker.refused(clientClosed());
  };

  #refuse(error: ApiError): void {
    this.#settle();
    drain(this.#request);
    this.#taker.refused(error);
  }

  #settle(): void {
    unwatch(this);
    this.#limits.budget.give(this.#budgeted);
    this.#budgeted = 0;
    this.#request
      .off("data", this.#onData)
      .off("end", this.#onEnd)
      .off("close", this.#onClose)
      .off("error", this.#onClose);
  }
}

function parseBody(bytes: Buffer): JsonObject {
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
