import { sql } from "drizzle-orm";
import { withSystem } from "../../lib/platform/db/index.ts";

/** What must not be found once everything is read; each gives the number of rows that are wrong. */
const CHECKS = {
  "documents that are not ready": sql`select count(*) from document where state <> 'ready'`,
  "documents without an active version, or with another than their own": sql`
    select count(*) from document d left join document_version v on v.id = d.active_version_id
    where v.state is distinct from 'active' or v.document_id <> d.id`,
  "versions left half built": sql`select count(*) from document_version where state = 'building'`,
  "documents with more than one version": sql`
    select count(*) from (select 1 from document_version group by document_id having count(*) > 1) as several`,
  "documents whose passages are not numbered without a gap": sql`
    select count(*) from (select 1 from document_version v left join chunk_place p on p.version_id = v.id
      group by v.id having count(p.ordinal) = 0 or max(p.ordinal) <> count(*) - 1) as gaps`,
  "passages without a place, or with several": sql`
    select count(*) from (select 1 from chunk c left join chunk_place p on p.chunk_id = c.id
      group by c.id having count(p.ordinal) <> 1) as misplaced`,
  "passages without a vector, or with several": sql`
    select count(*) from (select 1 from chunk c left join chunk_vector v on v.chunk_id = c.id
      group by c.id having count(v.chunk_id) <> 1) as unseen`,
  "passages twice in a document": sql`
    select count(*) from (select 1 from chunk group by document_id, content_key having count(*) > 1) as doubled`,
  "passages that are no part of their text": sql`
    select count(*) from chunk c join document_version v on v.id = c.version_id where strpos(v.text, c.text) = 0`,
} as const;

/** Looks through all that is stored. @returns a sentence for each fault. */
export async function findIngestFaults(): Promise<string[]> {
  const faults: string[] = [];
  for (const [what, check] of Object.entries(CHECKS)) {
    const [row] = await withSystem((transaction) => transaction.execute<{ count: string }>(check));
    if (Number(row?.count) !== 0) faults.push(`${row?.count} ${what}`);
  }
  return faults;
}
