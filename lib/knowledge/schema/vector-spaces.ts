import { z } from "zod";

/** In which vector spaces an organisation's passages are, and which answers its searches. */
export const vectorSpacesSchema = z.strictObject({
  /** The space of the configured embedder. */
  embedder: z.string(),
  /** The space in which questions are asked now. */
  serving: z.string(),
  /**
   * `current`: all is in the embedder's space. `working`: vectors of the embedder are being made while `serving`
   * answers. `waiting`: they will be, when offline work may run.
   */
  state: z.enum(["current", "working", "waiting"]),
  passages: z.number().int(),
  spaces: z.array(
    z.strictObject({ name: z.string(), dimensions: z.number().int(), passages: z.number().int() }),
  ),
});
export type VectorSpaces = z.infer<typeof vectorSpacesSchema>;
