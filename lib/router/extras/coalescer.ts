/** How one caller got its result. */
export interface Coalesced<Result> {
  readonly result: Result;
  /** `leader`: its own work; `follower`: the work of another caller with the same key. */
  readonly role: "leader" | "follower";
}

/** How one caller takes part. */
export interface CoalesceCall<Result> {
  /** Equal for callers that may share; scope included, see `requestKey`. */
  readonly key: string;
  /** Aborts when this caller leaves. */
  readonly signal: AbortSignal;
  /** Does the work when this caller leads. Its signal aborts when nobody waits any more, not when the leader leaves. */
  readonly work: (signal: AbortSignal) => Promise<Result>;
}

/** What a coalescer is made of. */
export interface CoalescerOptions {
  /** True for an error that every caller would get: about the request, not about this try. */
  readonly isShared: (error: unknown) => boolean;
  /** Callers that may wait for one piece of work; the next one works for itself. */
  readonly maxWaiting?: number;
}

/** Lets callers with the same key, at the same time, share one piece of work. */
export interface Coalescer<Result> {
  /**
   * The result of one's own work or of the work under way for the same key.
   *
   * A follower that leaves is free at once. A leader's call ends when its work does, also when it has left and others
   * still wait: what the work costs is booked on it. The work is told to stop when nobody waits any more.
   *
   * When the work fails with an error that is not shared, its leader gets it and the followers try once more among
   * themselves: one of them leads, with its own `work`, and the rest follow; how that ends is the end for all of them. So a group costs two
   * failing calls at most, however many wait.
   *
   * @throws the signal's reason when a follower leaves; the error of the work.
   */
  run(call: CoalesceCall<Result>): Promise<Coalesced<Result>>;
  /** Pieces of work under way. */
  readonly size: number;
}

const DEFAULT_MAX_WAITING = 1_000;

interface Flight<Result> {
  readonly stop: AbortController;
  readonly outcome: Promise<Result>;
  waiting: number;
}

/** Makes a {@link Coalescer}. It holds nothing beyond the work under way. */
export function createCoalescer<Result>(options: CoalescerOptions): Coalescer<Result> {
  const maxWaiting = options.maxWaiting ?? DEFAULT_MAX_WAITING;
  const flights = new Map<string, Flight<Result>>();

  const begin = (slot: string, call: CoalesceCall<Result>): Flight<Result> => {
    const stop = new AbortController();
    const flight: Flight<Result> = { stop, waiting: 0, outcome: call.work(stop.signal) };
    flights.set(slot, flight);
    const end = () => {
      if (flights.get(slot) === flight) flights.delete(slot);
    };
    flight.outcome.then(end, end);
    return flight;
  };
  const leave = (slot: string, flight: Flight<Result>, reason: unknown) => {
    flight.waiting -= 1;
    if (flight.waiting > 0) return;
    // Nobody may join work that is being stopped.
    if (flights.get(slot) === flight) flights.delete(slot);
    flight.stop.abort(reason);
  };
  const lead = async (slot: string, flight: Flight<Result>, signal: AbortSignal): Promise<Result> => {
    flight.waiting += 1;
    const onAbort = () => leave(slot, flight, signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await flight.outcome;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
  const follow = async (slot: string, flight: Flight<Result>, signal: AbortSignal): Promise<Result> => {
    flight.waiting += 1;
    const left = Promise.withResolvers<never>();
    const onAbort = () => {
      leave(slot, flight, signal.reason);
      left.reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([flight.outcome, left.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
  const join = async (call: CoalesceCall<Result>, round: 1 | 2): Promise<Coalesced<Result>> => {
    call.signal.throwIfAborted();
    const slot = `${round} ${call.key}`;
    const running = flights.get(slot);
    if (running === undefined || running.waiting >= maxWaiting) {
      const own = running === undefined ? begin(slot, call) : alone(call);
      return { result: await lead(slot, own, call.signal), role: "leader" };
    }
    try {
      return { result: await follow(slot, running, call.signal), role: "follower" };
    } catch (error) {
      if (call.signal.aborted || round === 2 || options.isShared(error)) throw error;
    }
    return join(call, 2);
  };
  return {
    run: (call) => join(call, 1),
    get size() {
      return flights.size;
    },
  };
}

/** Work that nobody else can join. */
function alone<Result>({ work }: CoalesceCall<Result>): Flight<Result> {
  const stop = new AbortController();
  return { stop, waiting: 0, outcome: work(stop.signal) };
}
