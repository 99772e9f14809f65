import { durationWords } from "@/components/router/router-words.ts";
import { sizeWords } from "@/components/ui/format.ts";
import type { RouterState } from "@/lib/router/schema.ts";

/** True when there is anything to say. */
export function hasSavedWork({ cache, hedges }: RouterState): boolean {
  return cache.hits + cache.misses > 0 || hedges.length > 0;
}

/** Answers given from memory, and requests sent a second time since the first place was slow. */
export function SavedWork({ cache, hedges }: Pick<RouterState, "cache" | "hedges">) {
  const asked = cache.hits + cache.misses;
  return (
    <ul className="flex flex-col gap-1.5 text-sm tabular-nums">
      {asked > 0 && (
        <li>
          Answers from memory: {cache.hits} of {asked} requests that may have one. {cache.entries} kept (
          {sizeWords(cache.bytes)}){cache.evicted > 0 && `, ${cache.evicted} given up for room`}.
        </li>
      )}
      {hedges.map(({ model, delayMs, requests, hedged, refused }) => (
        <li key={model}>
          Second requests for {model}: {hedged} of {requests}, sent after {durationWords(delayMs)} without a
          first token
          {refused > 0 && `; ${refused} more were not sent, to keep them few`}.
        </li>
      ))}
    </ul>
  );
}
