/** Why the embedded database cannot start, in one line for the operator. */
export class DatabaseStartError extends Error {
  override name = "DatabaseStartError";
}

/** The `code` of a system error such as ENOENT. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
