import { z } from "zod";

const emailSchema = z.email().max(254);

/**
 * The one form of an address under which an account is stored and found: NFKC and lower case, before it is checked,
 * so that no look-alike `@` or full-width letter makes a second account.
 *
 * @returns null when it is not one e-mail address.
 */
export function normaliseEmail(text: string): string | null {
  const parsed = emailSchema.safeParse(text.normalize("NFKC").trim().toLowerCase());
  return parsed.success ? parsed.data : null;
}
