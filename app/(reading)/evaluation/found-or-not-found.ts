import { notFound } from "next/navigation";
import { toAppError } from "@/lib/shared/errors.ts";
import { isId } from "@/lib/shared/ids.ts";

/** Loads what a page shows; an id without the form of one, or of nothing there is, leads to the "not found" page. */
export async function foundOrNotFound<Found>(
  ids: readonly string[],
  load: () => Promise<Found>,
): Promise<Found> {
  if (!ids.every(isId)) notFound();
  try {
    return await load();
  } catch (error) {
    if (toAppError(error).code === "not_found") notFound();
    throw error;
  }
}
