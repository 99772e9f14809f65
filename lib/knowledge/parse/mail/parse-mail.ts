import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import { isErrorCode } from "../../../shared/errors.ts";
import { createDocumentBuilder, type DocumentBuilder } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";
import { addHtmlBlocks, type HtmlNode } from "../web/html-blocks.ts";
import { openHtml } from "../web/parse-html.ts";

const PARSER = "mail/1";
const ATTACHMENTS_MAX = 100;
const NESTING_DEPTH_MAX = 30;
const HEADER_BYTES_MAX = 1_000_000;
/** Files that decorate a message rather than say anything. */
const SILENT = /^(?:image|audio|video)\/|^application\/(?:pgp|pkcs7|x-pkcs7)/i;

/** Reads a file that lies in a message. */
export type ReadAttachment = (bytes: Uint8Array, fileName: string) => Promise<ParsedDocument>;

const addressText = (address: Address): string => {
  if ("group" in address && address.group !== undefined)
    return `${address.name}: ${address.group.map(addressText).join(", ")}`;
  return address.name === "" || address.name === address.address
    ? (address.address ?? "")
    : `${address.name} <${address.address ?? ""}>`;
};

/** Reads a message: who wrote when to whom, its text, then each attachment that can be read as a page of its own. */
export async function parseMail(bytes: Uint8Array, readAttachment: ReadAttachment): Promise<ParsedDocument> {
  const mail = await PostalMime.parse(bytes, {
    attachmentEncoding: "arraybuffer",
    maxNestingDepth: NESTING_DEPTH_MAX,
    maxHeadersSize: HEADER_BYTES_MAX,
  });
  const builder = createDocumentBuilder();
  builder.startPage("Message");
  addHeaders(builder, mail);
  addBody(builder, mail);
  const attachments = mail.attachments.filter(
    ({ related, mimeType }) => related !== true && !SILENT.test(mimeType),
  );
  const names = mail.attachments
    .map(({ filename }) => filename)
    .filter((name) => name !== null && name !== "");
  if (names.length > 0)
    builder.add("paragraph", `Attachments: ${names.join(", ")}`, { label: "header Attachments" });
  for (const attachment of attachments.slice(0, ATTACHMENTS_MAX)) {
    await addAttachment(builder, attachment, readAttachment);
  }
  return builder.finish({ parser: PARSER, title: mail.subject ?? null, hasPages: builder.pageNumber() > 1 });
}

function addHeaders(builder: DocumentBuilder, mail: Email): void {
  const list = (addresses: readonly Address[] | undefined) => (addresses ?? []).map(addressText).join(", ");
  const rows: [string, string][] = [
    ["Subject", mail.subject ?? ""],
    ["From", list(mail.from === undefined ? [] : [mail.from])],
    ["To", list(mail.to)],
    ["Cc", list(mail.cc)],
    ["Date", mail.date?.replace(/T(\d\d:\d\d):\d\d(?:\.000)?Z$/, " $1 UTC") ?? ""],
  ];
  for (const [index, [name, value]] of rows.filter((row) => row[1] !== "").entries()) {
    builder.add("paragraph", `${name}: ${value}`, {
      label: `header ${name}`,
      gap: index === 0 ? "\n\n" : "\n",
    });
  }
}

/** The text as it was written; a message that has none is read from its HTML. */
function addBody(builder: DocumentBuilder, mail: Email): void {
  const text = mail.text?.trim() ?? "";
  if (text === "" || /^\s*<(?:!doctype|html)/i.test(text)) {
    const body = openHtml(mail.html ?? text).querySelector("body") as unknown as HtmlNode | null;
    if (body !== null) addHtmlBlocks(builder, body);
    return;
  }
  for (const [index, part] of text.split(/\r?\n[^\S\n]*\r?\n/).entries()) {
    const isQuoted = part.split("\n").every((line) => /^\s*>/.test(line));
    builder.add(isQuoted ? "quote" : "paragraph", part, { label: `paragraph ${index + 1}` });
  }
}

async function addAttachment(
  builder: DocumentBuilder,
  attachment: Attachment,
  readAttachment: ReadAttachment,
): Promise<void> {
  const name =
    attachment.filename ?? (attachment.mimeType === "message/rfc822" ? "message.eml" : "attachment");
  const bytes =
    typeof attachment.content === "string"
      ? Buffer.from(attachment.content)
      : new Uint8Array(attachment.content);
  try {
    const document = await readAttachment(bytes, name);
    const label = `Attachment ${name}`;
    builder.append(document, (page) => {
      const inner = page.label ?? (document.pages.length > 1 ? `page ${page.page}` : "");
      return inner === "" ? label : `${label}, ${inner}`;
    });
  } catch (error) {
    // An attachment that cannot be read is named in the message and takes nothing from the rest; what endangers the
    // whole reading still ends it.
    const code: unknown = error instanceof Error && "code" in error ? error.code : null;
    if (!isErrorCode(code) || code === "document_too_long") throw error;
  }
}
