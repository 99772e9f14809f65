import { cleanLines } from "../clean-text.ts";
import { decodeText } from "../decode-text.ts";
import { createDocumentBuilder } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";

const PARSER = "vtt/1";
const TIMES = /^((?:\d+:)?\d{1,2}:\d{2})[.,]\d{3}\s+-->\s+((?:\d+:)?\d{1,2}:\d{2})[.,]\d{3}/;
const VOICE = /<v(?:\.[^\s>]*)?\s+([^>]+)>/;

/** The references that subtitles may use. */
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", nbsp: " " };

interface Cue {
  readonly from: string;
  readonly until: string;
  readonly speaker: string | null;
  readonly text: string;
}

/** Reads subtitles: what is said, by whom, each cue with its time as place. Who goes on speaking is named once. */
export function parseVtt(bytes: Uint8Array): ParsedDocument {
  const builder = createDocumentBuilder();
  let speaker: string | null = null;
  for (const cue of readCues(cleanLines(decodeText(bytes)))) {
    const isNew = cue.speaker !== null && cue.speaker !== speaker;
    const text = isNew ? `${cue.speaker}: ${cue.text}` : cue.text;
    const label = `${cue.from}–${cue.until}${cue.speaker === null ? "" : `, ${cue.speaker}`}`;
    builder.add("cue", text, { label, gap: isNew || cue.speaker !== speaker ? "\n\n" : "\n" });
    speaker = cue.speaker;
  }
  return builder.finish({ parser: PARSER });
}

function* readCues(text: string): Generator<Cue> {
  for (const block of text.split(/\n{2,}/)) {
    const lines = block.split("\n").filter((line) => line.trim() !== "");
    const at = lines.findIndex((line) => TIMES.test(line));
    // Headers, styles and notes hold no times.
    if (at < 0 || at > 1) continue;
    const [, from = "", until = ""] = TIMES.exec(lines[at] ?? "") ?? [];
    for (const part of splitVoices(lines.slice(at + 1).join("\n"))) yield { from, until, ...part };
  }
}

/** The voices of a cue, without markup. */
function splitVoices(payload: string): { speaker: string | null; text: string }[] {
  return payload
    .split(/(?=<v(?:\.[^\s>]*)?\s)/)
    .map((part) => ({ speaker: VOICE.exec(part)?.[1]?.trim() ?? null, text: plainText(part) }))
    .filter(({ text }) => text !== "");
}

function plainText(markup: string): string {
  return markup
    .replaceAll(/<\/?[^>]*>/g, "")
    .replaceAll(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name] ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
