import type { ModelTarget, RoutePolicy } from "../config/router-config.ts";
import type { TargetState, UpstreamLoad } from "./target-state.ts";

/** A target that may be asked now. */
export interface Candidate {
  readonly target: ModelTarget;
  readonly state: TargetState;
  /** What the upstream itself says of its load, when it does. */
  readonly load: UpstreamLoad | undefined;
}

/** What a choice depends on beside the candidates. */
export interface ChoiceContext {
  readonly policy: RoutePolicy;
  /** Key of the target that served the conversation so far. */
  readonly preferredKey: string | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** An affine target that is busier than this many times the mean is passed over. */
const SPILL_FACTOR = 1.5;

/** Differences of one or two requests say nothing. */
const SPILL_SLACK = 2;

/** Expected time to the first token of a target nothing is known of, ms: low, so that it is tried. */
const UNKNOWN_FIRST_TOKEN_MS = 1;

/**
 * Chooses among candidates.
 *
 * `weighted`: by weight. `latency`: the better of two drawn by weight (Mitzenmacher, "The power of two choices"), by
 * expected time to the first token times the requests it would wait behind. `affinity`: the target that served the
 * conversation before, unless it is busier than 1.5 times the mean; otherwise as `latency`.
 *
 * @param candidates at least one.
 */
export function chooseCandidate(candidates: readonly Candidate[], context: ChoiceContext): Candidate {
  const [only] = candidates;
  if (only === undefined) throw new RangeError("no candidate to choose from");
  if (candidates.length === 1) return only;
  if (context.policy === "affinity" && context.preferredKey !== undefined) {
    const preferred = candidates.find(({ state }) => state.key === context.preferredKey);
    if (preferred !== undefined && !isTooBusy(preferred, candidates)) return preferred;
  }
  const first = draw(candidates, context.random);
  if (context.policy === "weighted") return first;
  const second = draw(
    candidates.filter((candidate) => candidate !== first),
    context.random,
  );
  return costOf(second) < costOf(first) ? second : first;
}

/** Requests a target works on: the upstream's own count sees other routers' requests too. */
function busyness({ state, load }: Candidate): number {
  return Math.max(state.inFlight, load === undefined ? 0 : load.running + load.waiting);
}

function isTooBusy(candidate: Candidate, all: readonly Candidate[]): boolean {
  const mean = all.reduce((sum, other) => sum + busyness(other), 0) / all.length;
  return busyness(candidate) > mean * SPILL_FACTOR + SPILL_SLACK;
}

function costOf(candidate: Candidate): number {
  const expectedMs = Math.max(candidate.state.expectedFirstTokenMs(), UNKNOWN_FIRST_TOKEN_MS);
  // Waiting requests are a queue in front of ours; running ones share the machine with it.
  return expectedMs * (busyness(candidate) + (candidate.load?.waiting ?? 0) + 1);
}

/** Draws by weight; candidates of weight 0 only when there are no others. */
function draw(candidates: readonly Candidate[], random: () => number): Candidate {
  const total = candidates.reduce((sum, { target }) => sum + target.weight, 0);
  const evenly = total === 0;
  let left = random() * (evenly ? candidates.length : total);
  let last: Candidate | undefined;
  for (const candidate of candidates) {
    const share = evenly ? 1 : candidate.target.weight;
    if (share === 0) continue;
    last = candidate;
    left -= share;
    if (left < 0) break;
  }
  if (last === undefined) throw new RangeError("no candidate to draw from");
  return last;
}
