import { newId } from "../../shared/ids.ts";

export const REQUEST_ID_HEADER = "x-request-id";

/** Letters, digits and `-_.` only: the id goes into logs, headers and error bodies. */
const SANE_TOKEN = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The caller's request id when it is a sane token of 8 to 64 characters, a new one otherwise. */
export function requestIdFrom(presented: string | null | undefined): string {
  return typeof presented === "string" && SANE_TOKEN.test(presented) ? presented : newId();
}
