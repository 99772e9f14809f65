import type { ServerResponse } from "node:http";
import type { Principal } from "../../identity/schema.ts";
import { checkBody } from "../endpoints/check-body.ts";
import { createPassThroughEncoder } from "../endpoints/client-encoder.ts";
import { isStreamed } from "../endpoints/is-streamed.ts";
import { modelNotFound, modelNotSupported } from "../find-model.ts";
import { ApiError, routerClosing } from "../http/api-error.ts";
import { clientClosed, type JsonObject } from "../http/read-json-body.ts";
import { sendJson } from "../http/send-json.ts";
import { abortSignalOf, type StopSignal } from "../stop-signal.ts";
import { ClientStream } from "../stream/client-stream.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import { familyOf, type ModelFamily } from "./model-family.ts";

/** A request that may be for a model of a family. */
interface FamilyRequest {
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly caller: Principal;
  readonly endpoint: Endpoint;
  readonly body: JsonObject;
  readonly signal: StopSignal;
  readonly clientStuckMs: number;
}

/**
 * Answers a request for a model of a family; undefined, and nothing done, for all other models.
 *
 * @returns rejects AppError or ApiError while an error can still be an HTTP error.
 */
export function serveFamily(request: FamilyRequest): Promise<void> | undefined {
  const family = familyOf(request.body.model);
  return family === undefined ? undefined : serve(family, request);
}

async function serve(family: ModelFamily, request: FamilyRequest): Promise<void> {
  const { response, requestId, caller, endpoint, body } = request;
  const name = String(body.model);
  if ((await family.find(caller, name)) === undefined) throw modelNotFound(name);
  if (endpoint !== "chat/completions") throw modelNotSupported(name, endpoint);
  checkBody(body, endpoint);
  const signal = abortSignalOf(request.signal);
  const reply = await family.serve({ caller, name, body, requestId, signal });
  if (!("chunks" in reply)) {
    sendJson(response, 200, JSON.stringify(reply.json), { "x-request-id": requestId });
    return;
  }
  if (!isStreamed(endpoint, body)) throw new TypeError("chunks for a request that is not streamed");
  await new FamilyStream(request).send(reply.chunks[Symbol.asyncIterator]());
}

/** Sends chunks to the client as they come and as it reads. */
class FamilyStream {
  readonly #request: FamilyRequest;
  readonly #client: ClientStream;
  readonly #encoder = createPassThroughEncoder();
  /** While the client's buffer is full: ends when there is room, or nobody reads any more. */
  #room: PromiseWithResolvers<void> | undefined;

  constructor(request: FamilyRequest) {
    this.#request = request;
    this.#client = new ClientStream(request.response, request.clientStuckMs, {
      full: () => {
        this.#room = Promise.withResolvers();
      },
      drained: () => this.#makeRoom(),
    });
  }

  async send(chunks: AsyncIterator<object>): Promise<void> {
    const { signal, requestId } = this.#request;
    const onAbort = () => this.#makeRoom();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      // The first one before the head: until then an error can be a real one.
      let next = await chunks.next();
      if (signal.aborted) throw this.#hasLeft ? clientClosed() : routerClosing();
      if (next.done === true) throw emptyAnswer();
      this.#client.open({ "x-request-id": requestId });
      try {
        for (; next.done !== true && !signal.aborted; next = await chunks.next())
          await this.#write(next.value);
        if (!this.#hasLeft)
          this.#client.end(signal.aborted ? this.#encoder.interrupted() : this.#encoder.done());
      } catch {
        // What went wrong is logged where it did; the client is told that the answer is not whole.
        if (!this.#hasLeft) this.#client.end(this.#encoder.interrupted());
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      await chunks.return?.();
    }
  }

  get #hasLeft(): boolean {
    return this.#request.response.destroyed;
  }

  async #write(chunk: object): Promise<void> {
    this.#client.write(this.#encoder.chunk({ ...chunk }, JSON.stringify(chunk)));
    await this.#room?.promise;
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

function emptyAnswer(): ApiError {
  return new ApiError(502, {
    message: "The model gave no answer.",
    type: "upstream_error",
    code: "upstream_error",
  });
}
