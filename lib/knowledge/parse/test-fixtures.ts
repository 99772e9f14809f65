import { strToU8, type Zippable, zipSync } from "fflate";
import { expect } from "vitest";
import { findPlaceFaults } from "./find-place-faults.ts";
import { type ParsedFile, parseBytes } from "./parse-bytes.ts";

/** A ZIP archive of texts, in the order given. */
export function zipOf(parts: Readonly<Record<string, string>>): Uint8Array {
  // The kind of an OpenDocument file or a book stands unpacked at its beginning.
  const entries = Object.entries(parts).map(([name, text]): [string, Zippable[string]] => [
    name,
    [strToU8(text), { level: name === "mimetype" ? 0 : 6 }],
  ]);
  return zipSync(Object.fromEntries(entries));
}

const RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A relationships part: ids, types (their last word) and targets. */
export function relationships(
  ...rows: readonly (readonly [id: string, type: string, target: string])[]
): string {
  const elements = rows.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONSHIPS}/${type}" Target="${target}"/>`,
  );
  return `<Relationships>${elements.join("")}</Relationships>`;
}

/** An office file with a main part of the given kind. */
export function officeFile(
  kind: "wordprocessingml.document" | "presentationml.presentation" | "spreadsheetml.sheet",
  main: string,
  parts: Readonly<Record<string, string>>,
): Uint8Array {
  const type = `application/vnd.openxmlformats-officedocument.${kind}.main+xml`;
  return zipOf({
    "[Content_Types].xml": `<Types><Override PartName="/${main}" ContentType="${type}"/></Types>`,
    "_rels/.rels": relationships(["rId1", "officeDocument", main]),
    ...parts,
  });
}

/** Reads a file and makes sure that every character has its place. */
export async function readSound(fileName: string, bytes: Uint8Array | string): Promise<ParsedFile> {
  const file = await parseBytes(typeof bytes === "string" ? Buffer.from(bytes) : bytes, fileName, () => {});
  expect(findPlaceFaults(file)).toEqual([]);
  return file;
}

/** The words of a block and the name of its place. */
export function placesOf(file: ParsedFile): [text: string, label: string | null][] {
  return file.blocks.map(({ start, end, label }) => [file.text.slice(start, end), label]);
}
