import { findPersonRows, type PersonRow, searchPersonRows } from "./queries/people.ts";

/** People an answer names or offers at most. */
const PEOPLE_MAX = 500;

/** Which people of an organisation are wanted: those of some ids, or those whose name or address holds the words. */
export type PeopleWanted =
  | { readonly userIds: readonly string[] }
  | { readonly search: string; readonly limit: number };

/**
 * Members of an organisation by id (whoever they are), or by words of their name or e-mail address (open accounts of
 * people, guests left out, in the order of their names). Ids of other organisations find nobody.
 */
export async function findPeople(
  scope: { readonly orgId: string },
  wanted: PeopleWanted,
): Promise<PersonRow[]> {
  if ("search" in wanted) {
    return searchPersonRows(scope.orgId, wanted.search, Math.min(wanted.limit, PEOPLE_MAX));
  }
  const userIds = [...new Set(wanted.userIds)].slice(0, PEOPLE_MAX);
  return userIds.length === 0 ? [] : findPersonRows(scope.orgId, userIds);
}
