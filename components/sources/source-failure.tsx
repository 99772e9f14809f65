import { RequestError } from "@/components/http/request-json.ts";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { Notice } from "@/components/ui/notice.tsx";

/** In the place of a source that could not be loaded. Deleted and no longer shared look alike to who may not know. */
export function SourceFailure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  if (!(error instanceof RequestError && error.code === "not_found"))
    return <LoadFailure error={error} onRetry={onRetry} />;
  return (
    <Notice tone="warn" role="alert">
      This document cannot be opened any more: it was deleted, or it is no longer shared with you.
    </Notice>
  );
}
