import { newId } from "../../shared/ids.ts";
import type { ModelConfig, ModelTarget } from "../config/router-config.ts";
import { routerMetrics } from "../router-metrics.ts";
import type { TokenUsage } from "../stream/read-chunk.ts";
import type { AttemptOutcome } from "../stream/stream-attempt.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import type { UpstreamError } from "../upstreams/upstream-error.ts";
import { costMicros } from "./cost.ts";
import type { UsageRecorder } from "./usage-recorder.ts";

/** Who pays. */
export interface UsageOwner {
  readonly orgId: string;
  readonly userId: string;
  readonly apiKeyId?: string | undefined;
}

/** An attempt that ended. */
export interface EndedAttempt {
  readonly owner: UsageOwner;
  readonly requestId: string;
  /** From 1. */
  readonly attempt: number;
  readonly endpoint: Endpoint;
  readonly model: ModelConfig;
  readonly target: ModelTarget;
  /** Why this place was asked: the policy, `fallback`, `retry`, `continuation`, `hedge`, `shadow` or `cache`. */
  readonly decision: string;
  readonly outcome: AttemptOutcome;
  readonly error: UpstreamError | undefined;
  readonly usage: TokenUsage;
  readonly isEstimated: boolean;
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
}

/** Counts an attempt and queues its row of money. Returns its cost in micros, null when the price is unknown. */
export function recordAttempt(ended: EndedAttempt, recorder: UsageRecorder): number | null {
  const { model, target, usage, outcome } = ended;
  const cost = costMicros(usage, target.price);
  countAttempt(ended, cost);
  recorder.record({
    id: newId(),
    orgId: ended.owner.orgId,
    userId: ended.owner.userId,
    apiKeyId: ended.owner.apiKeyId ?? null,
    requestId: ended.requestId,
    attempt: ended.attempt,
    endpoint: ended.endpoint,
    model: model.name,
    upstream: target.upstream.name,
    upstreamModel: target.upstreamModel,
    status: statusOf(outcome, ended.error),
    outcome,
    routeDecision: ended.decision,
    errorCode: ended.error === undefined ? null : ended.error.fault,
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    completionTokens: usage.completionTokens,
    usageEstimated: ended.isEstimated,
    costMicros: cost,
    firstTokenMs: ended.firstTokenMs ?? null,
    totalMs: ended.totalMs,
    createdAt: new Date(),
  });
  return cost;
}

function statusOf(outcome: AttemptOutcome, error: UpstreamError | undefined): number {
  if (outcome === "cancelled") return 499;
  return error?.answer.status ?? 200;
}

function countAttempt(
  { model, target, usage, outcome, error, firstTokenMs }: EndedAttempt,
  cost: number | null,
): void {
  const metrics = routerMetrics();
  const cells = cellsOf(model, target);
  const { labels } = cells;
  metrics.attempts.inc({ ...labels, outcome });
  if (error !== undefined) metrics.errors.inc({ ...labels, class: error.fault });
  if (firstTokenMs !== undefined) cells.firstToken.observe(firstTokenMs / 1000);
  cells.prompt.value += usage.promptTokens - usage.cachedTokens;
  cells.cached.value += usage.cachedTokens;
  cells.completion.value += usage.completionTokens;
  cells.attemptPrompt.observe(usage.promptTokens);
  cells.attemptCompletion.observe(usage.completionTokens);
  if (cost === null) metrics.unpriced.inc(labels);
  else {
    cells.cost.value += cost;
    cells.attemptCost.observe(cost);
  }
}

const cellsByTarget = new WeakMap<ModelTarget, ReturnType<typeof createCells>>();

/** The counts of a target that every attempt at it adds to. */
function cellsOf(model: ModelConfig, target: ModelTarget): ReturnType<typeof createCells> {
  let cells = cellsByTarget.get(target);
  if (cells?.labels.model !== model.name) {
    cells = createCells(model, target);
    cellsByTarget.set(target, cells);
  }
  return cells;
}

function createCells(model: ModelConfig, target: ModelTarget) {
  const metrics = routerMetrics();
  const labels = { model: model.name, upstream: target.upstream.name };
  return {
    labels,
    firstToken: metrics.firstToken.cell(labels),
    prompt: metrics.tokens.cell({ ...labels, kind: "prompt" }),
    cached: metrics.tokens.cell({ ...labels, kind: "cached" }),
    completion: metrics.tokens.cell({ ...labels, kind: "completion" }),
    cost: metrics.costMicros.cell(labels),
    attemptPrompt: metrics.attemptTokens.cell({ ...labels, kind: "prompt" }),
    attemptCompletion: metrics.attemptTokens.cell({ ...labels, kind: "completion" }),
    attemptCost: metrics.attemptCost.cell(labels),
  };
}
