import type { GrantedAccess } from "./queries/access.ts";
import { watchAccess } from "./watch-access.ts";

/** True for answers that stay open. */
export function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") === true;
}

/**
 * The same stream of events, which ends when the reader's right to it does. It is pulled as before, so a reader who
 * stops reading still stops the source.
 *
 * @param onEnded Called when the right has ended or the reader left; the source's signal should abort by it.
 */
export function guardStream(response: Response, access: GrantedAccess, onEnded: () => void): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) return response;
  const stopWatching = watchAccess(access, () => {
    onEnded();
    // A pending read answers "done" by this; errors of a source that is already broken tell nothing new.
    reader.cancel("access ended").catch(() => {});
  });
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await reader.read();
          if (!next.done) {
            controller.enqueue(next.value);
            return;
          }
          stopWatching();
          controller.close();
        } catch (error) {
          stopWatching();
          controller.error(error);
        }
      },
      async cancel(reason) {
        stopWatching();
        // A source that waits inside itself hears of it by the signal only.
        onEnded();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
