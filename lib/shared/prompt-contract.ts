/**
 * The form in which sources reach a chat model. Every model sees the same text; the built-in answerer parses it back.
 * Kept in `shared` since the writer (chat) and the reader (a built-in upstream of the router) stand on both sides of
 * an HTTP call.
 */
export interface PromptSource {
  /** Number the answer cites, from 1. */
  readonly number: number;
  readonly title: string;
  /** Page from 1, when the document has pages. */
  readonly page?: number | undefined;
  /** ISO date of the document, when known. */
  readonly date?: string | undefined;
  readonly text: string;
}

/** The sentence with which a model says that the sources do not hold the answer. */
export const NOT_FOUND_ANSWER = "I could not find an answer to this in the documents.";

/**
 * Request metadata that asks the built-in model to answer at once instead of at a reading pace: for measurements, where
 * nobody reads along.
 */
export const UNPACED_METADATA = { vouch_pace_ms: "0" } as const;

const SOURCE_PATTERN = /<source id="(\d{1,4})"([^>\n]*)>\n([\s\S]*?)\n<\/source>/g;

function escapeAttribute(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\s+/g, " ");
}

function unescapeAttribute(value: string): string {
  return value
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

/**
 * Writes the sources as one block. Text that looks like a source tag is defused by replacing its `<` with `‹`, one
 * character for one, so that offsets into the text stay true.
 */
export function formatSources(sources: readonly PromptSource[]): string {
  return sources
    .map((source) => {
      const attributes = [
        `id="${source.number}"`,
        `title="${escapeAttribute(source.title)}"`,
        ...(source.page === undefined ? [] : [`page="${source.page}"`]),
        ...(source.date === undefined ? [] : [`date="${escapeAttribute(source.date)}"`]),
      ];
      const text = source.text.replaceAll(/<(?=\/?source\b)/gi, "‹");
      return `<source ${attributes.join(" ")}>\n${text}\n</source>`;
    })
    .join("\n");
}

/** Reads the block back; text that is no source is passed over. */
export function parseSources(prompt: string): PromptSource[] {
  return Array.from(prompt.matchAll(SOURCE_PATTERN), ([, id, attributes, text]) => {
    const attribute = (name: string) => {
      const match = new RegExp(` ${name}="([^"]*)"`).exec(attributes ?? "");
      return match?.[1] === undefined ? undefined : unescapeAttribute(match[1]);
    };
    const page = attribute("page");
    return {
      number: Number(id),
      title: attribute("title") ?? "",
      page: page === undefined ? undefined : Number(page),
      date: attribute("date"),
      text: text ?? "",
    };
  });
}
