import { AppError } from "../../shared/errors.ts";

/**
 * Runs `parseArgs`; what it does not understand becomes an error that ends with the help text.
 *
 * @throws AppError `invalid_request`.
 */
export function parseArguments<Parsed>(help: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("invalid_request", { message: `${reason}\n\n${help}`, cause });
  }
}

/** Prints rows in columns of equal width. Control characters of names cannot reach the terminal. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const clean = [head, ...rows].map((row) => row.map((cell) => cell.replace(/\p{Cc}/gu, " ")));
  const widths = head.map((_, column) => Math.max(...clean.map((row) => row[column]?.length ?? 0)));
  for (const row of clean) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}
