import type { ModelRequest, RouterParts } from "../model-request.ts";
import type { ReadEvent } from "../stream/answer-writer.ts";
import { AnswerCollector } from "./answer-collector.ts";
import { isStorable } from "./is-storable.ts";

/** Listens to a streamed answer, so that the cache can keep it once it is whole. */
export interface StreamKeeper {
  /** Takes events as they are shown. */
  take(events: readonly ReadEvent[]): void;
  /** The answer is not one upstream's whole answer any more: a line was lost, or another place goes on with it. */
  giveUp(): void;
  /** The answer is complete: keeps it, if it may be kept. */
  store(): void;
}

/** The keeper of a request's answer; undefined when its plan allows none. */
export function createStreamKeeper(
  { reuse, endpoint, body }: ModelRequest,
  { extras }: RouterParts,
): StreamKeeper | undefined {
  const { key, ttlMs } = reuse;
  if (key === undefined) return undefined;
  const collector = new AnswerCollector();
  return {
    take(events) {
      for (const event of events) {
        if (event.isParsed) collector.add(event.chunk);
        else collector.addText(event.reading.text);
      }
    },
    giveUp: () => collector.giveUp(),
    store() {
      const answer = collector.whole();
      if (answer === undefined || !isStorable(answer, endpoint, body)) return;
      extras.cache.put(key, Buffer.from(JSON.stringify(answer)), ttlMs);
    },
  };
}
