import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../identity/schema.ts";
import type { Authenticate } from "./authenticate.ts";
import { checkBody } from "./endpoints/check-body.ts";
import { isStreamed } from "./endpoints/is-streamed.ts";
import { findReuse, type Reuse } from "./extras/find-reuse.ts";
import { offerShadow } from "./extras/offer-shadow.ts";
import { serveStored } from "./extras/serve-stored.ts";
import { serveFamily } from "./families/serve-family.ts";
import { type FoundModel, findModel } from "./find-model.ts";
import { ApiError, toApiError } from "./http/api-error.ts";
import { ByteBudget } from "./http/byte-budget.ts";
import { type BodyTaker, clientClosed, drain, type JsonObject, readJsonBody } from "./http/read-json-body.ts";
import { sendApiError } from "./http/send-json.ts";
import type { Reservation } from "./limits/limiter.ts";
import { logRefusal, logRequest, logUpstreamError } from "./log-request.ts";
import type { ModelRequest, RouterParts } from "./model-request.ts";
import { RequestCost } from "./request-cost.ts";
import type { RequestSummary } from "./request-summary.ts";
import { reserveLimits } from "./reserve-limits.ts";
import type { Listed } from "./roster.ts";
import { routerMetrics } from "./router-metrics.ts";
import { sendModels } from "./send-models.ts";
import { serveReply } from "./serve-reply.ts";
import { serveStream } from "./serve-stream.ts";
import { RequestStop } from "./stop-signal.ts";
import { beginTrace, endTrace } from "./trace-request.ts";
import type { Endpoint } from "./upstreams/upstream.ts";
import { UpstreamError } from "./upstreams/upstream-error.ts";
import { whenReady } from "./when-ready.ts";

/** A request as it arrived. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly authenticate: Authenticate;
}

/** All bodies together: a few dozen of the largest, or thousands of ordinary ones. */
const BODY_BUDGET_BYTES = 256 * 1024 * 1024;
const BODY_LIMITS = {
  maxBytes: 10 * 1024 * 1024,
  timeoutMs: 60_000,
  budget: new ByteBudget(BODY_BUDGET_BYTES),
};

const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  (["chat/completions", "completions", "embeddings", "rerank", "responses"] as const).map((endpoint) => [
    `/v1/${endpoint}`,
    endpoint,
  ]),
);

const MODELS_PATH = "/v1/models";

/** What is held for a request until it is over. */
interface Held {
  readonly asked: ModelRequest;
  readonly reservation: Reservation;
}

/**
 * One request under `/v1`, from its head to the end of its answer. Its steps are methods that call one another; what
 * goes wrong in any of them ends in {@link HandledRequest.fail}.
 */
export class HandledRequest implements BodyTaker, Listed {
  rosterPlace = -1;
  readonly #arrival: Arrival;
  readonly #parts: RouterParts;
  readonly #onOver: (request: HandledRequest) => void;
  readonly #stop = new RequestStop();
  readonly #arrivedAt = performance.now();
  /** Headers for an error answer, filled in on the way. */
  readonly #failureHeaders: Record<string, string>;
  #endpoint: Endpoint | undefined;
  #caller: Principal | undefined;
  #bodyAskedAt = 0;
  /** Time the body took to arrive: not the router's. */
  #bodyMs = 0;
  #overheadMs: number | undefined;
  #held: Held | undefined;
  #isOver = false;

  /** @param onOver called once, when nothing of it runs any more. */
  constructor(arrival: Arrival, parts: RouterParts, onOver: (request: HandledRequest) => void) {
    this.#arrival = arrival;
    this.#parts = parts;
    this.#onOver = onOver;
    this.#failureHeaders = { "x-request-id": arrival.requestId };
    // Wired before anything else: the client may leave in any phase.
    arrival.response.once("close", () => {
      if (!arrival.response.writableFinished) this.#stop.abort();
    });
  }

  start(): void {
    try {
      const path = this.#route();
      whenReady(
        this.#arrival.authenticate(this.#arrival.request.headers),
        (caller) => this.#identified(caller, path),
        this.#fail,
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The program ends: so does the request. */
  abort(): void {
    this.#stop.abort();
  }

  taken(body: JsonObject): void {
    this.#bodyMs = performance.now() - this.#bodyAskedAt;
    try {
      if (this.#stop.aborted) throw clientClosed();
      this.#check(body);
    } catch (error) {
      this.#fail(error);
    }
  }

  refused(error: ApiError): void {
    this.#fail(error);
  }

  /** Finds out what is asked for; returns the path. */
  #route(): string {
    const { request } = this.#arrival;
    const url = request.url ?? "";
    const query = url.indexOf("?");
    const path = query === -1 ? url : url.slice(0, query);
    this.#endpoint = endpoints.get(path);
    if (this.#endpoint === undefined && path !== MODELS_PATH && !path.startsWith(`${MODELS_PATH}/`)) {
      throw new ApiError(404, {
        message: `Unknown request URL: ${request.method} ${path.slice(0, 200)}.`,
        code: "unknown_url",
      });
    }
    const method = this.#endpoint === undefined ? "GET" : "POST";
    if (request.method !== method) {
      const message = `Not allowed to ${request.method} on ${path.slice(0, 200)}.`;
      throw new ApiError(405, { message, code: "method_not_allowed" }, { headers: { allow: method } });
    }
    return path;
  }

  #identified(caller: Principal, path: string): void {
    this.#caller = caller;
    if (this.#endpoint === undefined) {
      const name = path === MODELS_PATH ? undefined : path.slice(MODELS_PATH.length + 1);
      whenReady(sendModels(this.#arrival, caller, name, this.#parts), this.#end, this.#fail);
      return;
    }
    this.#bodyAskedAt = performance.now();
    readJsonBody(this.#arrival.request, BODY_LIMITS, this);
  }

  #check(body: JsonObject): void {
    const { endpoint, caller } = this.#identity();
    const { request, response, requestId } = this.#arrival;
    const family = serveFamily({
      response,
      requestId,
      caller,
      endpoint,
      body,
      signal: this.#stop,
      clientStuckMs: this.#parts.config.clientStuckMs,
    });
    if (family !== undefined) {
      family.then(this.#end, this.#fail);
      return;
    }
    const found = findModel(body, endpoint, this.#parts.config);
    checkBody(body, endpoint);
    const header = request.headers["x-vouch-cache"];
    whenReady(
      findReuse(
        {
          caller,
          endpoint,
          model: found.model,
          body,
          header: typeof header === "string" ? header : undefined,
        },
        this.#parts.extras,
      ),
      (reuse) =>
        whenReady(
          reserveLimits({ caller, endpoint, body, model: found.model }, this.#parts),
          (reservation) => this.#serve(body, found, reuse, reservation),
          this.#fail,
        ),
      this.#fail,
    );
  }

  #serve(body: JsonObject, { model, tier }: FoundModel, reuse: Reuse, reservation: Reservation): void {
    const { endpoint, caller } = this.#identity();
    const { request, response, requestId } = this.#arrival;
    const limits = reservation.headers;
    Object.assign(this.#failureHeaders, limits);
    const asked: ModelRequest = {
      request,
      response,
      requestId,
      signal: this.#stop,
      caller,
      endpoint,
      failureHeaders: this.#failureHeaders,
      body,
      model,
      reuse: reuse.plan,
      items: endpoint === "responses" ? this.#parts.items.of(caller) : undefined,
      trace: beginTrace(request, this.#parts, { requestId, endpoint, model: model.name, body }),
      answerHeaders:
        tier === undefined
          ? { ...limits, ...reuse.headers }
          : { ...limits, ...reuse.headers, "x-vouch-tier": tier },
      cost: new RequestCost(),
      elapsedMs: this.#elapsedMs,
      overheadMs: () => this.#overheadMs ?? this.#elapsedMs(),
      onDispatch: this.#onDispatch,
    };
    this.#held = { asked, reservation };
    if (this.#stop.aborted) throw clientClosed();
    whenReady(this.#answer(asked, reuse), (summary) => this.#answered(asked, summary), this.#fail);
  }

  /** From memory when there is a stored answer, else from an upstream. */
  #answer(asked: ModelRequest, { stored }: Reuse): RequestSummary | Promise<RequestSummary> {
    if (stored !== undefined) return serveStored(asked, this.#parts, stored);
    return isStreamed(asked.endpoint, asked.body)
      ? serveStream(asked, this.#parts)
      : serveReply(asked, this.#parts);
  }

  #answered(asked: ModelRequest, summary: RequestSummary): void {
    endTrace(asked, summary);
    logRequest(asked, summary, this.#elapsedMs());
    if (summary.outcome === "complete" && summary.attempts > 0) {
      offerShadow(asked, this.#parts, this.#elapsedMs());
    }
    this.#end();
  }

  readonly #fail = (error: unknown): void => {
    if (this.#isOver) return;
    const { request, response, requestId } = this.#arrival;
    const answer = error instanceof UpstreamError ? error.answer : toApiError(error);
    this.#held?.asked.trace?.end({
      outcome: "failed",
      errorType: error instanceof UpstreamError ? error.fault : "refused",
      status: answer.status,
    });
    if (error instanceof UpstreamError) logUpstreamError(error, requestId, this.#failureHeaders);
    else {
      logRefusal(error, answer, requestId);
      routerMetrics().refusals.inc({ status: String(answer.status) });
    }
    if (response.headersSent) response.destroy();
    else sendApiError(response, answer, this.#failureHeaders);
    // Refused before its body was read: Node would go on reading it for ever.
    drain(request);
    this.#end();
  };

  readonly #end = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#held !== undefined) {
      const { reservation, asked } = this.#held;
      if (this.#overheadMs === undefined) reservation.release();
      else reservation.settle(asked.cost);
    }
    this.#onOver(this);
  };

  readonly #elapsedMs = (): number => performance.now() - this.#arrivedAt - this.#bodyMs;

  readonly #onDispatch = (): void => {
    if (this.#overheadMs !== undefined) return;
    this.#overheadMs = this.#elapsedMs();
    routerMetrics().overhead.observe(this.#overheadMs / 1000);
  };

  #identity(): { readonly endpoint: Endpoint; readonly caller: Principal } {
    if (this.#endpoint === undefined || this.#caller === undefined) throw new Error("nobody was identified");
    return { endpoint: this.#endpoint, caller: this.#caller };
  }
}
