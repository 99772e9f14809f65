import { logger } from "../../../platform/log.ts";
import type { OnnxModelConfig, OnnxUpstreamConfig } from "../../config/router-config.ts";
import {
  checkDimensions,
  embeddingsReply,
  readEncodingFormat,
  readInputs,
} from "../../endpoints/embeddings/embeddings-request.ts";
import { checkRerankBody, readDocuments } from "../../endpoints/rerank/check-rerank-body.ts";
import { rerankReply } from "../../endpoints/rerank/rerank-reply.ts";
import { ApiError } from "../../http/api-error.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import { routerMetrics } from "../../router-metrics.ts";
import type { StopSignal } from "../../stop-signal.ts";
import type { Upstream, UpstreamCall } from "../upstream.ts";
import { builtinFault, UpstreamError, upstreamFault } from "../upstream-error.ts";
import { findModelFault } from "./find-model-fault.ts";
import type { ModelResult, ModelTask } from "./messages.ts";
import { ModelFault } from "./model-fault.ts";
import { holdProcess, releaseProcesses } from "./model-processes.ts";
import { readPurpose } from "./read-purpose.ts";

/** Local models behind the face of all upstreams, and what is wrong with them. */
export interface OnnxUpstream extends Upstream {
  /** Models that cannot be used: for each the place in the configuration, what is wrong, and the remedy. */
  modelErrors(): { readonly model: string; readonly reason: string }[];
}

/** The models of directories of this machine. Nothing is loaded before the first call. */
export function createOnnxUpstream(config: OnnxUpstreamConfig): OnnxUpstream {
  const models = new LocalModels(config);
  return {
    name: config.name,
    request: async (call, signal) => {
      try {
        const json = await answer(models, call, signal);
        return { bytes: Buffer.from(JSON.stringify(json)), json };
      } catch (error) {
        throw error instanceof UpstreamError ? error : builtinFault(error);
      }
    },
    openStream: (call, receiver) => {
      const refusal = builtinFault(notServed(call));
      queueMicrotask(() => receiver.fail(refusal));
      return { pause: () => {}, resume: () => {}, finish: () => {}, destroy: () => {} };
    },
    modelErrors: () => models.errors(),
    close: () => releaseProcesses(models),
  };
}

async function answer(models: LocalModels, call: UpstreamCall, signal: StopSignal): Promise<JsonObject> {
  const { endpoint, upstreamModel: name, body } = call;
  const model = models.get(name);
  if (model === undefined) throw notServed(call);
  if (endpoint === "embeddings") {
    const format = readEncodingFormat(body);
    const prefix = readPurpose(body) === "query" ? model.queryPrefix : model.documentPrefix;
    const texts = readInputs(body.input).map((text) => prefix + text);
    const result = await models.run(name, { kind: "embed", texts }, signal);
    checkDimensions(body, result.width);
    return embeddingsReply(name, vectorsOf(result), format, usageOf(result));
  }
  if (endpoint !== "rerank") throw notServed(call);
  checkRerankBody(body);
  const texts = readDocuments(body.documents);
  const result = await models.run(name, { kind: "score", query: String(body.query), texts }, signal);
  return rerankReply(name, body, texts, result.values, usageOf(result));
}

/** Texts that were cut are named only where there are some: the field is none of OpenAI's. */
function usageOf({ tokens, truncated }: ModelResult) {
  return { prompt_tokens: tokens, ...(truncated === 0 ? {} : { truncated_texts: truncated }) };
}

function vectorsOf({ values, width }: ModelResult): Float32Array[] {
  if (!(values instanceof Float32Array) || width === 0) return [];
  return Array.from({ length: values.length / width }, (_, at) =>
    values.subarray(at * width, (at + 1) * width),
  );
}

function notServed({ upstreamModel, endpoint }: UpstreamCall): ApiError {
  return new ApiError(404, {
    message: `The local model ${upstreamModel} is not served at /v1/${endpoint}.`,
    param: "model",
    code: "model_not_supported",
  });
}

/** The models of one upstream, with the reasons why some cannot be used. */
class LocalModels {
  readonly #config: OnnxUpstreamConfig;
  /** Reasons that were logged already, so that a thousand calls are one line. */
  readonly #logged = new Map<string, string>();

  constructor(config: OnnxUpstreamConfig) {
    this.#config = config;
  }

  get(name: string): OnnxModelConfig | undefined {
    return Object.hasOwn(this.#config.models, name) ? this.#config.models[name] : undefined;
  }

  errors(): { readonly model: string; readonly reason: string }[] {
    return Object.entries(this.#config.models).flatMap(([name, model]) => {
      const { phase, reason } = holdProcess(this, this.#config, model).state();
      const fault = phase === "ready" ? undefined : findModelFault(this.#config, model);
      if (fault !== undefined) return [{ model: name, reason: fault }];
      return reason === undefined ? [] : [{ model: name, reason: `${model.place}: ${reason}` }];
    });
  }

  async run(name: string, task: ModelTask, signal: StopSignal): Promise<ModelResult> {
    const model = this.#config.models[name];
    if (model === undefined) throw new Error(`no model ${name}`);
    try {
      const process = holdProcess(this, this.#config, model);
      const missing = process.state().phase === "cold" ? findModelFault(this.#config, model) : undefined;
      if (missing !== undefined) throw new ModelFault("unusable", missing);
      const result = await process.run(task, signal, this.#config.timeouts.totalMs);
      this.#logged.delete(name);
      if (result.truncated > 0) {
        routerMetrics().truncatedTexts.inc({ upstream: this.#config.name, model: name }, result.truncated);
      }
      return result;
    } catch (error) {
      throw error instanceof ModelFault ? this.#toUpstreamError(error, name) : error;
    }
  }

  #toUpstreamError(fault: ModelFault, name: string): UpstreamError {
    const { name: upstream } = this.#config;
    if (fault.kind === "cancelled") return upstreamFault("cancelled", upstream, { cause: fault });
    this.#log(fault, name);
    if (fault.kind === "timeout") return upstreamFault("total_timeout", upstream, { cause: fault });
    if (fault.kind === "crashed") return upstreamFault("connection_cut", upstream, { cause: fault });
    const [status, code, text] = REFUSALS[fault.kind];
    const answer = new ApiError(
      status,
      { message: `The local model ${name} ${text}`, type: "upstream_error", code },
      { headers: fault.kind === "full" ? { "retry-after": "2" } : {} },
    );
    // As a server that does not know the model: other places may be asked, this one not again and again.
    const upstreamStatus = fault.kind === "unusable" ? 404 : status;
    return new UpstreamError("refused", { answer, upstreamStatus, cause: fault });
  }

  #log({ kind, message }: ModelFault, name: string): void {
    const reason = kind === "unusable" ? message : `${kind}: ${message}`;
    if (this.#logged.get(name) === reason) return;
    this.#logged.set(name, reason);
    logger.error({ upstream: this.#config.name, model: name, reason }, "local model failed");
  }
}

const REFUSALS = {
  unusable: [
    503,
    "upstream_not_ready",
    "cannot be used: its administrator finds the reason in the log and on the page Router.",
  ],
  failed: [502, "upstream_error", "could not do this: its administrator finds the reason in the log."],
  full: [503, "upstream_overloaded", "has too much to do already."],
} as const;
