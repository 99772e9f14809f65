import type { TenantScope } from "../platform/db/index.ts";
import { oneByOne, storeDocument } from "./add-document.ts";
import { ensureCollection } from "./queries/collections.ts";

/** A collection that ships with the product. */
export interface SampleCollection {
  readonly name: string;
  readonly description?: string;
  readonly files: readonly { readonly fileName: string; readonly bytes: Uint8Array }[];
}

/**
 * Makes a sample collection that all of the organisation reads, and queues its documents. What is there already stays.
 *
 * @returns the collection's id.
 */
export async function seedSamples(scope: TenantScope, sample: SampleCollection): Promise<string> {
  const collectionId = await ensureCollection(scope, {
    name: sample.name,
    description: sample.description ?? "Sample documents that come with Vouch.",
    visibility: "organisation",
    ownerId: null,
    isSample: true,
  });
  for (const { fileName, bytes } of sample.files) {
    await storeDocument(scope, {
      collectionId,
      fileName,
      content: oneByOne(bytes),
      priority: "offline",
      createdBy: null,
    });
  }
  return collectionId;
}
