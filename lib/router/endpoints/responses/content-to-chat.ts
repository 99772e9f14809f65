import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { invalidParameter, unsupportedParameter } from "../parameter-error.ts";

/** Content of a chat message: plain text where there is nothing else. */
export type ChatContent = string | JsonObject[];

/**
 * The content of a message item as chat completions write it.
 *
 * @param at the item's path, for errors.
 * @throws ApiError 400 for parts a chat message cannot hold.
 */
export function contentToChat(content: unknown, role: string, at: string): ChatContent {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) {
    throw invalidParameter(`${at}.content`, `'${at}.content' must be text or a list of content parts.`);
  }
  const parts = content.map((part: unknown, index) => partToChat(part, `${at}.content[${index}]`));
  const texts = parts.map((part) => (part.type === "text" ? String(part.text) : undefined));
  // One text is text: many servers want no list where a list says nothing more.
  if (parts.length === 1 && texts[0] !== undefined) return texts[0];
  if (role === "assistant" && texts.every((text) => text !== undefined)) return texts.join("");
  return parts;
}

/** The output of a function as the content of a tool message, which holds text only. */
export function outputToChat(output: unknown, at: string): ChatContent {
  const content = contentToChat(output, "tool", at.replace(/\.output$/, ""));
  const isText = typeof content === "string" || content.every(({ type }) => type === "text");
  if (!isText) {
    throw unsupportedParameter(
      at,
      "Outputs of functions can hold text only at this model's upstream: it has no pictures in tool messages.",
    );
  }
  return content;
}

function partToChat(part: unknown, at: string): JsonObject {
  if (!isJsonObject(part)) throw invalidParameter(at, `'${at}' must be a content part.`);
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "text":
    case "summary_text":
      return { type: "text", text: requireText(part.text, `${at}.text`) };
    case "refusal":
      return { type: "refusal", refusal: requireText(part.refusal, `${at}.refusal`) };
    case "input_image":
      return imageToChat(part, at);
    case "input_file":
      return fileToChat(part, at);
    case "input_audio":
      return { type: "input_audio", input_audio: part.input_audio };
    default:
      throw unsupportedParameter(
        `${at}.type`,
        `Content parts of type '${String(part.type).slice(0, 64)}' are not supported by this model's upstream.`,
      );
  }
}

function imageToChat(part: JsonObject, at: string): JsonObject {
  refuseFileId(part, at);
  const url = requireText(part.image_url, `${at}.image_url`);
  const detail = typeof part.detail === "string" ? { detail: part.detail } : {};
  return { type: "image_url", image_url: { url, ...detail } };
}

function fileToChat(part: JsonObject, at: string): JsonObject {
  refuseFileId(part, at);
  if (isPresent(part.file_url)) {
    throw unsupportedParameter(
      `${at}.file_url`,
      "Files by address are not supported by this model's upstream: send 'file_data'.",
    );
  }
  const filename = typeof part.filename === "string" ? { filename: part.filename } : {};
  return { type: "file", file: { ...filename, file_data: requireText(part.file_data, `${at}.file_data`) } };
}

function refuseFileId(part: JsonObject, at: string): void {
  if (!isPresent(part.file_id)) return;
  throw unsupportedParameter(`${at}.file_id`, "Uploaded files are not supported: send the content itself.");
}

function requireText(value: unknown, at: string): string {
  if (typeof value !== "string") throw invalidParameter(at, `'${at}' must be text.`);
  return value;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
