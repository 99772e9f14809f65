import { Parser } from "htmlparser2";
import { AppError } from "../../../shared/errors.ts";

/** Attributes by their names as written, prefixes included. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** What a reader of XML meets; names of elements come without their prefix. */
export type XmlEvent =
  | { readonly type: "open"; readonly name: string; readonly attributes: XmlAttributes }
  | { readonly type: "close"; readonly name: string }
  | { readonly type: "text"; readonly text: string };

const DEPTH_MAX = 500;
/** Characters read at a time, so that a big sheet never lies in memory as events. */
const STEP = 65_536;

const localName = (name: string) => name.slice(name.indexOf(":") + 1);

/**
 * The events of an XML text, one after another. Files come from strangers: entities are never expanded but for XML's
 * own five and numbers, nothing is read from elsewhere, and depth has a limit. Damaged markup is read as far as it
 * makes sense.
 *
 * @throws AppError `document_too_complex` when nested too deep.
 */
export function* xmlEvents(source: string): Generator<XmlEvent> {
  let events: XmlEvent[] = [];
  let depth = 0;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        depth += 1;
        if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
        events.push({ type: "open", name: localName(name), attributes });
      },
      onclosetag: (name) => {
        depth -= 1;
        events.push({ type: "close", name: localName(name) });
      },
      ontext: (text) => {
        events.push({ type: "text", text });
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  for (let from = 0; from < source.length; from += STEP) {
    parser.write(source.slice(from, from + STEP));
    yield* events;
    events = [];
  }
  parser.end();
  yield* events;
}

/** An attribute by its name: as it is written, otherwise with any prefix (`id` finds `id` before `w:id`). */
export function attributeOf(attributes: XmlAttributes, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  if (name.includes(":")) return undefined;
  for (const written in attributes) if (localName(written) === name) return attributes[written];
  return undefined;
}
