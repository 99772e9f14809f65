import { type ScriptMessage, textOfMessage } from "./script-body.ts";

/**
 * Answers a prompt for sentences about passages: for each the headings it stands under. Undefined for other prompts.
 */
export function answerNotes(messages: readonly ScriptMessage[]): string | undefined {
  const asked = textOfMessage(messages.filter(({ role }) => role === "user").at(-1));
  if (!asked.startsWith('{"document":')) return undefined;
  const { document, passages } = JSON.parse(asked) as {
    readonly document: { readonly title: string };
    readonly passages: readonly { readonly number: number; readonly headings: readonly string[] }[];
  };
  const sentences = passages.map(({ number, headings }) => ({
    number,
    sentence: `From the scripted archive: ${[document.title, ...headings].join(", ")}.`,
  }));
  return JSON.stringify({ sentences });
}
