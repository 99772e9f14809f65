import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { type ClientEncoder, STREAM_INTERRUPTED, type StreamInterruption } from "../client-encoder.ts";
import { extrasOf, logprobsOf } from "./chat-to-responses.ts";
import { createEventWriter, type WriteEvent } from "./event-writer.ts";
import { OpenCall, type OpenItem, OpenMessage, OpenReasoning } from "./open-items.ts";
import type { ItemStatus } from "./output-items.ts";
import {
  endingOf,
  prefixedId,
  type ResponseDeps,
  type ResponseIdentity,
  type ResponseState,
  realResponseDeps,
  responseObject,
  usageToResponses,
} from "./response-object.ts";

/** Takes the output items of an answer that is whole. */
export type KeepItems = (items: readonly JsonObject[]) => void;

/** Writes the chunks of a chat completion as the events of a response. */
export function createResponseEncoder(
  body: JsonObject,
  keep: KeepItems = () => {},
  deps: ResponseDeps = realResponseDeps,
): ClientEncoder {
  return new ResponseEncoder(body, keep, deps);
}

/**
 * Reasoning, then messages, then calls: an item ends when the next one begins, except calls, whose arguments may
 * arrive interleaved and which all end with the answer.
 */
class ResponseEncoder implements ClientEncoder {
  #body: JsonObject;
  #keep: KeepItems;
  #deps: ResponseDeps;
  #write: WriteEvent = createEventWriter();
  #identity: ResponseIdentity | undefined;
  /** All items by output index, with those still open. */
  #items: OpenItem[] = [];
  #done = new Map<OpenItem, JsonObject>();
  #current: OpenReasoning | OpenMessage | undefined;
  #calls = new Map<number, OpenCall>();
  /** Calls whose name has not arrived yet. */
  #unnamed = new Map<number, { callId: string | undefined; arguments: string }>();
  #finishReason: unknown;
  #usage: JsonObject | null = null;
  #more: JsonObject = {};

  constructor(body: JsonObject, keep: KeepItems, deps: ResponseDeps) {
    this.#body = body;
    this.#keep = keep;
    this.#deps = deps;
  }

  chunk(chunk: JsonObject): string {
    let text = this.#begin(chunk);
    this.#usage = usageToResponses(chunk.usage) ?? this.#usage;
    const choices: unknown[] = Array.isArray(chunk.choices) ? chunk.choices : [];
    const choice = choices.find((one) => isJsonObject(one) && (one.index ?? 0) === 0);
    const first = isJsonObject(choice) ? choice : {};
    this.#more = { ...this.#more, ...extrasOf(chunk, first) };
    if (isJsonObject(first.delta)) text += this.#takeDelta(first.delta, logprobsOf(first));
    if (typeof first.finish_reason === "string") this.#finishReason = first.finish_reason;
    return text;
  }

  done(): string {
    const ending = endingOf(this.#finishReason);
    if (ending.status === "failed" || this.#unnamed.size > 0) return this.interrupted();
    const opening = this.#begin({});
    const closing = this.#closeAll(ending.status);
    const output = this.#output(ending.status);
    if (ending.status === "completed") this.#keep(output);
    return opening + closing + this.#writeEnd({ ...ending, output });
  }

  interrupted(error: StreamInterruption = STREAM_INTERRUPTED): string {
    const { code, message } = error;
    return (
      this.#begin({}) +
      // Some clients raise on the one and some on the other of these two.
      this.#write("error", { code, message, param: null }) +
      this.#writeEnd({ status: "failed", error, output: this.#output("incomplete") })
    );
  }

  #begin(chunk: JsonObject): string {
    if (this.#identity !== undefined) return "";
    const { created, model } = chunk;
    this.#identity = {
      id: prefixedId("resp", this.#deps),
      createdAt: typeof created === "number" && created > 0 ? created : Math.floor(this.#deps.now() / 1000),
      model: typeof model === "string" && model !== "" ? model : String(this.#body.model),
    };
    const response = responseObject(this.#body, this.#identity, { status: "in_progress", output: [] });
    return this.#write("response.created", { response }) + this.#write("response.in_progress", { response });
  }

  #writeEnd(state: ResponseState): string {
    if (this.#identity === undefined) return "";
    const whole = { ...state, usage: this.#usage, more: this.#more };
    const response = responseObject(this.#body, this.#identity, whole);
    return this.#write(`response.${state.status}`, { response });
  }

  #takeDelta(delta: JsonObject, logprobs: readonly unknown[]): string {
    let text = "";
    const reasoning = nonEmpty(delta.reasoning) ?? nonEmpty(delta.reasoning_content);
    if (reasoning !== undefined) text += this.#appendReasoning(reasoning);
    const content = nonEmpty(delta.content);
    if (content !== undefined) {
      text += this.#message((message) => message.appendText(content, logprobs));
    }
    const refusal = nonEmpty(delta.refusal);
    if (refusal !== undefined) text += this.#message((message) => message.appendRefusal(refusal));
    const calls: unknown[] = Array.isArray(delta.tool_calls) ? delta.tool_calls : [];
    for (const call of calls) if (isJsonObject(call)) text += this.#takeCall(call);
    return text;
  }

  #appendReasoning(delta: string): string {
    if (this.#current instanceof OpenReasoning) return this.#current.append(delta);
    const closing = this.#closeCurrent();
    const item = new OpenReasoning(this.#write, this.#place("rs"));
    this.#current = item;
    this.#items.push(item);
    return closing + item.open() + item.append(delta);
  }

  #message(append: (message: OpenMessage) => string): string {
    if (this.#current instanceof OpenMessage) return append(this.#current);
    const closing = this.#closeCurrent();
    const item = new OpenMessage(this.#write, this.#place("msg"));
    this.#current = item;
    this.#items.push(item);
    return closing + item.open() + append(item);
  }

  #takeCall(call: JsonObject): string {
    const index = typeof call.index === "number" ? call.index : 0;
    const called = isJsonObject(call.function) ? call.function : {};
    const delta = nonEmpty(called.arguments) ?? "";
    const open = this.#calls.get(index);
    // Some servers give every call the index 0: another id is another call.
    const isSame = open !== undefined && (nonEmpty(call.id) ?? open.callId) === open.callId;
    if (isSame) return delta === "" ? "" : open.append(delta);
    const before = this.#unnamed.get(index);
    const begun = {
      callId: nonEmpty(call.id) ?? before?.callId,
      arguments: (before?.arguments ?? "") + delta,
    };
    const name = nonEmpty(called.name);
    if (name !== undefined) return this.#openCall(index, name, begun);
    this.#unnamed.set(index, begun);
    return "";
  }

  #openCall(index: number, name: string, begun: { callId: string | undefined; arguments: string }): string {
    const closing = this.#closeCurrent();
    const callId = begun.callId ?? prefixedId("call", this.#deps);
    const item = new OpenCall(this.#write, this.#place("fc"), { callId, name });
    this.#unnamed.delete(index);
    this.#calls.set(index, item);
    this.#items.push(item);
    return closing + item.open() + (begun.arguments === "" ? "" : item.append(begun.arguments));
  }

  #place(prefix: string) {
    return { id: prefixedId(prefix, this.#deps), outputIndex: this.#items.length };
  }

  #closeCurrent(): string {
    const item = this.#current;
    this.#current = undefined;
    return item === undefined ? "" : this.#close(item, "completed");
  }

  #closeAll(status: ItemStatus): string {
    const open = this.#items.filter((item) => !this.#done.has(item));
    return open.map((item) => this.#close(item, status)).join("");
  }

  #close(item: OpenItem, status: ItemStatus): string {
    const text = item.close(status);
    this.#done.set(item, item.toJson(status));
    return text;
  }

  /** All items; those still open are shown with the status given. */
  #output(status: ItemStatus): JsonObject[] {
    return this.#items.map((item) => this.#done.get(item) ?? item.toJson(status));
  }
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
