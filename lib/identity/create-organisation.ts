import { withSystem } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { insertOrganisation } from "./queries/organisations.ts";

/**
 * Makes a further organisation without members; its data is walled off from every other's.
 *
 * @returns Its id.
 */
export async function createOrganisation(name: string): Promise<string> {
  const id = newId();
  await withSystem((transaction) => insertOrganisation(transaction, { id, name }));
  return id;
}
