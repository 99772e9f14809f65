import { z } from "zod";

const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string(), parent: z.string().nullish() })).max(10_000),
});

/** A model or a LoRA adapter a vLLM server serves. */
export interface ServedModel {
  readonly id: string;
  /** The model an adapter belongs to; undefined for a model of its own. */
  readonly parent: string | undefined;
}

/** Reads `/v1/models`; undefined when it is something else. */
export function readServedModels(text: string): readonly ServedModel[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // A proxy's page: what was known before stays.
    return undefined;
  }
  const parsed = modelsSchema.safeParse(json);
  if (!parsed.success) return undefined;
  return parsed.data.data.map(({ id, parent }) => ({ id, parent: parent ?? undefined }));
}

/**
 * Names the configuration uses that a server does not serve: adapters not loaded, or typing errors.
 *
 * @param served undefined while unknown: nothing is missing then.
 */
export function missingModels(
  configured: Iterable<string>,
  served: readonly ServedModel[] | undefined,
): readonly string[] {
  if (served === undefined) return [];
  const known = new Set(served.map(({ id }) => id));
  return Array.from(configured).filter((name) => !known.has(name));
}
