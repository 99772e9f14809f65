import { z } from "zod";
import { UNPACED_METADATA } from "../../shared/prompt-contract.ts";
import { formatPath } from "../config/config-error.ts";
import type { BuiltinUpstreamConfig } from "../config/router-config.ts";
import { ApiError } from "../http/api-error.ts";
import {
  type BuiltinChatRequest,
  completeBuiltinChat,
  embedBuiltin,
  rerankBuiltin,
  streamBuiltinChat,
} from "./builtin/index.ts";
import { checkBuiltinBounds } from "./builtin-bounds.ts";
import type { RunningStream, StreamReceiver, Upstream, UpstreamCall } from "./upstream.ts";
import { builtinFault, upstreamFault } from "./upstream-error.ts";

/** How the built-in models speak. */
export interface BuiltinPace {
  /** Milliseconds between word groups of a streamed answer. */
  readonly paceMs: number;
}

/** The models that live in this process, behind the same face as those behind HTTP. */
export function createBuiltinUpstream(config: BuiltinUpstreamConfig, { paceMs }: BuiltinPace): Upstream {
  return {
    name: config.name,
    openStream: (call, receiver) => openBuiltinStream(call, receiver, paceMs),
    request: async (call, signal) => {
      if (signal.aborted) throw upstreamFault("cancelled", config.name);
      try {
        checkBuiltinBounds(call);
        const answer = answerWhole(call);
        const text = JSON.stringify(answer);
        return { bytes: Buffer.from(text), json: { ...answer } };
      } catch (error) {
        throw builtinFault(error);
      }
    },
    close: () => {},
  };
}

function answerWhole(call: UpstreamCall): object {
  if (call.endpoint === "embeddings") return embedBuiltin(call.body);
  if (call.endpoint === "rerank") return rerankBuiltin(call.body);
  return completeBuiltinChat(chatRequest(call));
}

const partSchema = z.looseObject({ type: z.string().optional(), text: z.string().optional() });

/** The fields the built-in model reads, in the forms it understands; the rest of the body is passed over. */
const chatRequestSchema = z.object({
  messages: z.array(
    z.object({ role: z.string(), content: z.union([z.string(), z.array(partSchema)]).nullish() }),
  ),
  max_tokens: z.number().nullish(),
  max_completion_tokens: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
});

const metadataSchema = z.looseObject({ vouch_pace_ms: z.literal(UNPACED_METADATA.vouch_pace_ms) });

/** The pace of an answer: the configured one, unless the request says that nobody reads along. */
function paceOf(call: UpstreamCall, paceMs: number): number {
  return metadataSchema.safeParse(call.body.metadata).success ? 0 : paceMs;
}

function chatRequest(call: UpstreamCall): BuiltinChatRequest {
  const parsed = chatRequestSchema.safeParse(call.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = formatPath(issue?.path.filter((part) => typeof part !== "symbol") ?? []);
  throw new ApiError(400, { message: `'${param}': ${issue?.message ?? "is not valid"}.`, param });
}

function openBuiltinStream(call: UpstreamCall, receiver: StreamReceiver, paceMs: number): RunningStream {
  const stop = new AbortController();
  const gate = createGate();
  const run = async () => {
    // The caller holds the handle before the first event arrives.
    await Promise.resolve();
    checkBuiltinBounds(call);
    const request = { ...chatRequest(call), stream_options: { include_usage: true } };
    for await (const chunk of streamBuiltinChat(request, {
      paceMs: paceOf(call, paceMs),
      signal: stop.signal,
    })) {
      await gate.passed();
      if (stop.signal.aborted) return;
      receiver.events([JSON.stringify(chunk)]);
    }
    if (stop.signal.aborted) return;
    receiver.events(["[DONE]"]);
    if (!stop.signal.aborted) receiver.end();
  };
  run().catch((error: unknown) => {
    if (!stop.signal.aborted) receiver.fail(builtinFault(error));
  });
  const end = () => {
    stop.abort();
    gate.open();
  };
  return { pause: gate.shut, resume: gate.open, finish: end, destroy: end };
}

/** A gate that makes a producer wait while it is shut. */
function createGate() {
  let waiting: Promise<void> | undefined;
  let release = () => {};
  return {
    shut: () => {
      waiting ??= new Promise((resolve) => {
        release = resolve;
      });
    },
    open: () => {
      waiting = undefined;
      release();
    },
    passed: async () => {
      while (waiting !== undefined) await waiting;
    },
  };
}
