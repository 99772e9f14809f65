import { AppError } from "../../../shared/errors.ts";
import { resolveEntry, type ZipArchive } from "../archive/open-zip.ts";
import { attribute, descendantsOf, parseXml, type XmlElement } from "../xml/parse-xml.ts";

/** A part that another part refers to. */
export interface Relationship {
  readonly id: string;
  /** Last word of the relationship's type: `slide`, `comments`; the same in strict and transitional files. */
  readonly type: string;
  readonly target: string;
}

/** The parts that a part of an office file refers to; what lies outside the file is left out. */
export function relationshipsOf(archive: ZipArchive, part: string): Relationship[] {
  const slash = part.lastIndexOf("/") + 1;
  const source = archive.findText(`${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`);
  if (source === null) return [];
  return descendantsOf(parseXml(source), "Relationship").flatMap((element) => {
    const [id, type, target] = ["Id", "Type", "Target"].map((name) => attribute(element, name) ?? "");
    if (attribute(element, "TargetMode") === "External" || !target) return [];
    return [
      {
        id: id ?? "",
        type: type?.slice(type.lastIndexOf("/") + 1) ?? "",
        target: resolveEntry(part, target),
      },
    ];
  });
}

/**
 * The name of an office file's main part.
 *
 * @throws AppError `document_unreadable` when the file names none.
 */
export function mainPart(archive: ZipArchive): string {
  const main = relationshipsOf(archive, "").find(({ type }) => type === "officeDocument")?.target;
  if (main === undefined || !archive.has(main)) throw new AppError("document_unreadable");
  return main;
}

/** A part as a tree; null when there is no such part. */
export function findPart(archive: ZipArchive, name: string | undefined): XmlElement | null {
  const source = name === undefined ? null : archive.findText(name);
  return source === null ? null : parseXml(source);
}

/** The title in a file's properties. */
export function packageTitle(archive: ZipArchive): string | null {
  const properties = findPart(archive, "docProps/core.xml");
  const title = properties === null ? undefined : descendantsOf(properties, "title")[0];
  const text = title?.children.find((child) => typeof child === "string");
  const isEmpty =
    text === undefined || /^(?:powerpoint.presentation|slide 1|document\d*|untitled|\s*)$/i.test(text);
  return isEmpty ? null : text;
}
