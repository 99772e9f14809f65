import { z } from "zod";

/** One address of the HTTP interface as data. */
export interface ManifestRoute {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With ids in braces, as OpenAPI writes them. */
  readonly path: string;
  /** Who may call it. */
  readonly auth: "public" | "member" | "editor" | "admin";
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Shape of the JSON answer; absent for streams, files and empty answers. */
  readonly response?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  readonly produces?: string;
  readonly status?: number;
}

/** Shape of an answer that lists things under a name. */
export const listOf = <Item extends z.ZodType>(name: string, item: Item) =>
  z.strictObject({ [name]: z.array(item) });
