import { asc } from "drizzle-orm";
import { organisation } from "../../../drizzle/schema/identity.ts";
import { type Transaction, withSystem } from "../../platform/db/index.ts";

/** An organisation: everything of a tenant hangs on its id. */
export interface Organisation {
  readonly id: string;
  readonly name: string;
}

/** The oldest organisation: the one the first start made. */
export async function findOldestOrganisation(transaction: Transaction): Promise<Organisation | null> {
  const [row] = await transaction
    .select({ id: organisation.id, name: organisation.name })
    .from(organisation)
    .orderBy(asc(organisation.createdAt), asc(organisation.id))
    .limit(1);
  return row ?? null;
}

/** The organisation new guests and accounts join. */
export function findDefaultOrganisation(): Promise<Organisation | null> {
  return withSystem(findOldestOrganisation);
}

/** Adds an organisation. */
export async function insertOrganisation(transaction: Transaction, row: Organisation): Promise<void> {
  await transaction.insert(organisation).values({ id: row.id, name: row.name });
}
