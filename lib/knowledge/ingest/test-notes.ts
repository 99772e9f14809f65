/** What the tests of sentences about passages share. */
import { sql } from "drizzle-orm";
import { database } from "../../platform/db/index.ts";
import { setUp } from "./test-scene.ts";

/** A person with a collection whose passages get sentences. */
export async function setUpNoted(settings: object = { passageNotes: "model" }) {
  const made = await setUp();
  await choose(made.collectionId, settings);
  return made;
}

/** Settings of a collection, as stored. */
export async function choose(collectionId: string, settings: object) {
  await database().drizzle.execute(
    sql`update collection set settings = ${JSON.stringify(settings)}::jsonb where id = ${collectionId}`,
  );
}

/** A manual of so many sections, each a passage; `changed` ones say something else. */
export function manual(sections: number, changed: readonly number[] = []): string {
  return Array.from({ length: sections }, (_, number) => {
    const words = changed.includes(number) ? "brushes of bronze" : "seals of rubber";
    const sentence = `Valve ${number} has ${words} and is looked at every ${number + 2} weeks by two people. `;
    return `# Section ${number}\n\n${sentence.repeat(12)}\n\n`;
  }).join("");
}

/** Passages of a document in order, with what the indexes know of them. */
export async function passages(documentId: string) {
  const rows = await database().drizzle.execute<{
    id: string;
    note: string | null;
    terms: string;
    text: string;
    seq: string;
  }>(sql`
    select c.id, c.note, c.search_terms as terms, c.text, v.seq from document d
    join chunk_place p on p.version_id = d.active_version_id join chunk c on c.id = p.chunk_id
    join chunk_vector v on v.chunk_id = c.id where d.id = ${documentId} order by p.ordinal`);
  return Array.from(rows);
}

/** Sentences that are kept for a document. */
export async function storedNotes(documentId: string): Promise<number> {
  const [row] = await database().drizzle.execute<{ count: number }>(
    sql`select count(*)::integer as count from passage_note where document_id = ${documentId}`,
  );
  return row?.count ?? 0;
}
