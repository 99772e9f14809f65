/** A message as far as the script looks at it. */
export interface ScriptMessage {
  readonly role?: unknown;
  readonly content?: unknown;
}

/** A request body of any endpoint, as far as the script looks at it. */
export interface ScriptBody {
  readonly model?: string;
  readonly messages?: readonly ScriptMessage[];
  /** Of `/completions`. */
  readonly prompt?: unknown;
  /** Of `/responses` and `/embeddings`. */
  readonly input?: unknown;
  readonly instructions?: unknown;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly n?: number;
  readonly logprobs?: boolean | number | null;
  readonly response_format?: unknown;
  readonly text?: { readonly format?: unknown };
  readonly tools?: readonly unknown[];
  readonly tool_choice?: unknown;
}

/** Tokens an image counts as: what OpenAI takes for one of low detail. */
const TOKENS_PER_IMAGE = 85;

/** Rough token count both sides of a test can repeat: one per word. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

interface Part {
  readonly type?: unknown;
  readonly text?: unknown;
}

function partsOf(message: ScriptMessage | undefined): readonly Part[] {
  if (typeof message?.content === "string") return [{ type: "text", text: message.content }];
  if (!Array.isArray(message?.content)) return [];
  return message.content.filter((part: unknown): part is Part => typeof part === "object" && part !== null);
}

/** The text of a message, its parts on lines of their own. */
export function textOfMessage(message: ScriptMessage | undefined): string {
  return partsOf(message)
    .map(({ text }) => (typeof text === "string" ? text : ""))
    .join("\n");
}

/** The conversation of a body of any endpoint; what is no message is left out. */
export function messagesOf(body: ScriptBody): readonly ScriptMessage[] {
  if (Array.isArray(body.messages)) return body.messages.filter(isMessage);
  if (body.prompt !== undefined) return [{ role: "user", content: promptsOf(body).join(" ") }];
  const instructions =
    typeof body.instructions === "string" ? [{ role: "system", content: body.instructions }] : [];
  if (typeof body.input === "string") return [...instructions, { role: "user", content: body.input }];
  return [...instructions, ...(Array.isArray(body.input) ? body.input.filter(isMessage) : [])];
}

function isMessage(value: unknown): value is ScriptMessage {
  return typeof value === "object" && value !== null;
}

/** The prompts of a body of `/completions`: one, or a list of them. */
export function promptsOf({ prompt }: ScriptBody): string[] {
  if (typeof prompt === "string") return [prompt];
  if (!Array.isArray(prompt)) return [""];
  return prompt.every((part) => typeof part === "string") ? prompt : [prompt.join(" ")];
}

/** Images in the conversation. */
export function countImages(body: ScriptBody): number {
  const parts = messagesOf(body).flatMap(partsOf);
  return parts.filter(({ type }) => type === "image_url" || type === "input_image").length;
}

/** Tokens of the conversation: one per word, 85 per image. */
export function countPromptTokens(body: ScriptBody): number {
  const images = countImages(body) * TOKENS_PER_IMAGE;
  return messagesOf(body).reduce((sum, message) => sum + countWords(textOfMessage(message)), images);
}

/** The text of an answer that was begun elsewhere and is to be continued; undefined when there is none. */
export function begunAnswer(body: ScriptBody): string | undefined {
  const last = messagesOf(body).at(-1);
  return last?.role === "assistant" ? textOfMessage(last) : undefined;
}

/** Answers wanted: `n` for each prompt. */
export function choicesOf(body: ScriptBody): number {
  const each = typeof body.n === "number" && body.n > 1 ? Math.min(body.n, 16) : 1;
  return body.prompt === undefined ? each : each * promptsOf(body).length;
}
