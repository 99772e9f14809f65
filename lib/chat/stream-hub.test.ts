import { describe, expect, it, vi } from "vitest";
import type { LogEvent } from "./queries/generations.ts";
import { StreamHub } from "./stream-hub.ts";

const event = (sequence: number, generationId = "g"): LogEvent => ({
  generationId,
  sequence,
  chunks: [sequence],
});

async function take(events: AsyncGenerator<LogEvent>, count: number): Promise<number[]> {
  const sequences: number[] = [];
  for await (const { sequence } of events) {
    sequences.push(sequence);
    if (sequences.length === count) break;
  }
  return sequences;
}

const nothing = async () => [];

describe("StreamHub", () => {
  it("replays what is stored, then follows, each sequence once", async () => {
    const hub = new StreamHub({ fetchNew: nothing });
    hub.ownRun("g");
    let isReplayed = false;
    const replay = async (after: number) => {
      if (isReplayed) return [];
      isReplayed = true;
      // Stored and published while the log is being read: seen by both ways.
      hub.publish([event(2), event(3)]);
      return [event(1), event(2)].filter(({ sequence }) => sequence > after);
    };
    const reading = take(hub.follow("g", 0, replay, new AbortController().signal), 4);
    await vi.waitFor(() => expect(isReplayed).toBe(true));
    hub.publish([event(4)]);
    expect(await reading).toEqual([1, 2, 3, 4]);
    expect(hub.followerCount).toBe(0);
  });

  it("reads the log again when an event is missing", async () => {
    const hub = new StreamHub({ fetchNew: nothing });
    hub.ownRun("g");
    const log = [event(1)];
    const replay = async (after: number) => log.filter(({ sequence }) => sequence > after);
    const reading = take(hub.follow("g", 0, replay, new AbortController().signal), 3);
    await vi.waitFor(() => expect(hub.followerCount).toBe(1));
    log.push(event(2), event(3));
    hub.publish([event(3)]);
    expect(await reading).toEqual([1, 2, 3]);
  });

  it("fetches the events of other processes' runs with one query for all readers", async () => {
    const fetchNew = vi.fn(async (tails: readonly { generationId: string; after: number }[]) =>
      tails.flatMap(({ generationId, after }) => (after < 2 ? [event(after + 1, generationId)] : [])),
    );
    const hub = new StreamHub({ fetchNew });
    const { signal } = new AbortController();
    const readings = ["a", "b", "c", "a"].map((id) => take(hub.follow(id, 0, nothing, signal), 2));
    expect(await Promise.all(readings)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(fetchNew.mock.calls[0]?.[0]).toHaveLength(3);
  });

  it("lets go of a reader that leaves", async () => {
    const hub = new StreamHub({ fetchNew: nothing });
    const abort = new AbortController();
    const reading = take(hub.follow("g", 0, nothing, abort.signal), 1);
    await vi.waitFor(() => expect(hub.followerCount).toBe(1));
    abort.abort();
    expect(await reading).toEqual([]);
    expect(hub.followerCount).toBe(0);
  });
});
