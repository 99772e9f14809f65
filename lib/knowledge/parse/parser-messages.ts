import type { ErrorCode } from "../../shared/error-table.ts";
import type { ParsedFile } from "./parse-bytes.ts";

/** To the parser process. */
export interface ParseRequest {
  readonly id: number;
  readonly path: string;
  readonly fileName: string;
  readonly password: string | undefined;
}

/** From the parser process. */
export type ParseMessage =
  | { readonly id: number; readonly type: "progress"; readonly done: number; readonly total: number }
  | { readonly id: number; readonly type: "parsed"; readonly file: ParsedFile }
  | { readonly id: number; readonly type: "failed"; readonly code: ErrorCode; readonly page: number | null };
