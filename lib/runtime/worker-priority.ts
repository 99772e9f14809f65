import { constants, setPriority } from "node:os";

/**
 * Gives this process, and those it starts, the processor only where nobody else wants it: people wait for the pages and the
 * database of the same machine, for the reading of documents hardly ever.
 */
export function letOthersGoFirst(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
