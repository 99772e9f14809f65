import { sql } from "drizzle-orm";
import { withTenant } from "../../platform/db/index.ts";
import { accessJoin, accessLevel, type Reader } from "./access.ts";
import { type DocumentRow, documentColumns, fromDocumentRow, type StoredDocument } from "./documents.ts";

/** Which failed documents are wanted. */
export interface DeadLetterFilter {
  readonly collectionId?: string | undefined;
  readonly limit: number;
  /** Id after which the last answer ended. */
  readonly before?: string | undefined;
}

/** Failed documents that the reader may write, newest first. */
export async function findDeadLetters(reader: Reader, filter: DeadLetterFilter): Promise<StoredDocument[]> {
  const rows = await withTenant(reader, (transaction) =>
    transaction.execute<DocumentRow<StoredDocument>>(sql`
      select ${documentColumns} from document d
      join collection c on c.org_id = d.org_id and c.id = d.collection_id ${accessJoin(reader)}
      where d.org_id = ${reader.orgId} and d.state = 'failed' and (${accessLevel(reader)}) in ('write', 'manage')
        ${filter.collectionId === undefined ? sql`` : sql`and d.collection_id = ${filter.collectionId}`}
        ${filter.before === undefined ? sql`` : sql`and d.id < ${filter.before}`}
      order by d.id desc limit ${filter.limit}`),
  );
  return rows.map((row) => fromDocumentRow<StoredDocument>(row));
}
