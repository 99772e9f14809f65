import type { JsonObject } from "../../http/read-json-body.ts";
import type { WriteEvent } from "./event-writer.ts";
import {
  type FunctionCall,
  functionCallItem,
  type ItemStatus,
  messageItem,
  reasoningItem,
  refusalPart,
  summaryPart,
  textPart,
} from "./output-items.ts";

/** An output item that is being streamed; its events come in the order OpenAI sends them. */
export interface OpenItem {
  /** The item as it stands. */
  toJson(status: ItemStatus): JsonObject;
  /** The events that end it. */
  close(status: ItemStatus): string;
}

/** Where an item stands in its response. */
export interface ItemPlace {
  readonly id: string;
  readonly outputIndex: number;
}

const added = (write: WriteEvent, { outputIndex }: ItemPlace, item: JsonObject) =>
  write("response.output_item.added", { output_index: outputIndex, item });
const done = (write: WriteEvent, { outputIndex }: ItemPlace, item: JsonObject) =>
  write("response.output_item.done", { output_index: outputIndex, item });

/** Reasoning, as the one part of its summary. */
export class OpenReasoning implements OpenItem {
  #write: WriteEvent;
  #place: ItemPlace;
  #at: JsonObject;
  #text = "";

  constructor(write: WriteEvent, place: ItemPlace) {
    this.#write = write;
    this.#place = place;
    this.#at = { item_id: place.id, output_index: place.outputIndex, summary_index: 0 };
  }

  open(): string {
    const part = { ...this.#at, part: summaryPart("") };
    return (
      added(this.#write, this.#place, this.toJson("in_progress")) +
      this.#write("response.reasoning_summary_part.added", part)
    );
  }

  append(delta: string): string {
    this.#text += delta;
    return this.#write("response.reasoning_summary_text.delta", { ...this.#at, delta });
  }

  toJson(status: ItemStatus): JsonObject {
    return reasoningItem(this.#place.id, this.#text, status);
  }

  close(status: ItemStatus): string {
    const text = this.#text;
    return (
      this.#write("response.reasoning_summary_text.done", { ...this.#at, text }) +
      this.#write("response.reasoning_summary_part.done", { ...this.#at, part: summaryPart(text) }) +
      done(this.#write, this.#place, this.toJson(status))
    );
  }
}

/** A message: parts of text or refusal, one after the other. */
export class OpenMessage implements OpenItem {
  #write: WriteEvent;
  #place: ItemPlace;
  #closed: JsonObject[] = [];
  #kind: "text" | "refusal" | undefined;
  #text = "";
  #logprobs: unknown[] = [];

  constructor(write: WriteEvent, place: ItemPlace) {
    this.#write = write;
    this.#place = place;
  }

  open(): string {
    return added(this.#write, this.#place, messageItem(this.#place.id, [], "in_progress"));
  }

  appendText(delta: string, logprobs: readonly unknown[]): string {
    const opening = this.#openPart("text");
    this.#text += delta;
    this.#logprobs.push(...logprobs);
    return opening + this.#write("response.output_text.delta", { ...this.#at(), delta, logprobs });
  }

  appendRefusal(delta: string): string {
    const opening = this.#openPart("refusal");
    this.#text += delta;
    return opening + this.#write("response.refusal.delta", { ...this.#at(), delta });
  }

  toJson(status: ItemStatus): JsonObject {
    const parts = this.#kind === undefined ? this.#closed : [...this.#closed, this.#part()];
    return messageItem(this.#place.id, parts, status);
  }

  close(status: ItemStatus): string {
    return this.#closePart() + done(this.#write, this.#place, this.toJson(status));
  }

  #at(): JsonObject {
    const { id, outputIndex } = this.#place;
    return { item_id: id, output_index: outputIndex, content_index: this.#closed.length };
  }

  #part(): JsonObject {
    return this.#kind === "refusal" ? refusalPart(this.#text) : textPart(this.#text, this.#logprobs);
  }

  #openPart(kind: "text" | "refusal"): string {
    if (this.#kind === kind) return "";
    const closing = this.#closePart();
    this.#kind = kind;
    return closing + this.#write("response.content_part.added", { ...this.#at(), part: this.#part() });
  }

  #closePart(): string {
    if (this.#kind === undefined) return "";
    const part = this.#part();
    const at = this.#at();
    const last =
      this.#kind === "refusal"
        ? this.#write("response.refusal.done", { ...at, refusal: this.#text })
        : this.#write("response.output_text.done", { ...at, text: this.#text, logprobs: this.#logprobs });
    const text = last + this.#write("response.content_part.done", { ...at, part });
    this.#closed.push(part);
    this.#kind = undefined;
    this.#text = "";
    this.#logprobs = [];
    return text;
  }
}

/** A call of one of the client's functions. */
export class OpenCall implements OpenItem {
  #write: WriteEvent;
  #place: ItemPlace;
  #call: Omit<FunctionCall, "arguments">;
  #arguments = "";

  constructor(write: WriteEvent, place: ItemPlace, call: Omit<FunctionCall, "arguments">) {
    this.#write = write;
    this.#place = place;
    this.#call = call;
  }

  get callId(): string {
    return this.#call.callId;
  }

  open(): string {
    return added(this.#write, this.#place, this.toJson("in_progress"));
  }

  append(delta: string): string {
    this.#arguments += delta;
    return this.#write("response.function_call_arguments.delta", { ...this.#at(), delta });
  }

  toJson(status: ItemStatus): JsonObject {
    return functionCallItem(this.#place.id, { ...this.#call, arguments: this.#arguments }, status);
  }

  close(status: ItemStatus): string {
    const whole = { ...this.#at(), name: this.#call.name, arguments: this.#arguments };
    return (
      this.#write("response.function_call_arguments.done", whole) +
      done(this.#write, this.#place, this.toJson(status))
    );
  }

  #at(): JsonObject {
    return { item_id: this.#place.id, output_index: this.#place.outputIndex };
  }
}
