import { listModels } from "../chat/index.ts";
import { keywordEngine } from "../knowledge/index.ts";
import { findExtensionVersions, pingDatabase } from "../platform/db/health.ts";
import { database } from "../platform/db/index.ts";
import { environment } from "../platform/env.ts";
import { embeddingSpace, liveRouterState } from "../router/index.ts";
import { isDraining } from "./readiness.ts";

/** How one backend stands. */
interface Part {
  readonly status: "ok" | "degraded" | "down";
  readonly [fact: string]: unknown;
}

/** What an administrator sees. */
export interface HealthDetails {
  readonly status: Part["status"];
  readonly version: string;
  readonly commit: string;
  readonly uptimeSeconds: number;
  readonly parts: Readonly<Record<string, Part>>;
}

const PING_TIMEOUT_MS = 2_000;

/** True when this process can answer: it is not stopping, and the database replies in time. */
export async function isReady(): Promise<boolean> {
  return !isDraining() && (await pingDatabase(PING_TIMEOUT_MS));
}

/** Everything worth knowing about this installation, without secrets. */
export async function describeHealth(): Promise<HealthDetails> {
  const env = environment();
  const parts = {
    database: await describeDatabase(),
    cache: await describeCache(),
    models: describeModels(),
  };
  const statuses = Object.values(parts).map((part) => part.status);
  const status = statuses.includes("down") ? "down" : statuses.includes("degraded") ? "degraded" : "ok";
  return {
    status,
    version: env.version,
    commit: env.VOUCH_COMMIT ?? "unknown",
    uptimeSeconds: Math.round(process.uptime()),
    parts,
  };
}

async function describeDatabase(): Promise<Part> {
  if (!(await pingDatabase(PING_TIMEOUT_MS))) return { status: "down" };
  const isEmbedded = database().isEmbedded;
  return {
    status: "ok",
    kind: isEmbedded ? "embedded" : "postgresql",
    extensions: await findExtensionVersions(),
    keywordEngine: await keywordEngine(),
    vectorSpace: embeddingSpace(),
    durability: isEmbedded
      ? "A killed process loses nothing; a power cut may lose the last moments (no fsync)."
      : "As the PostgreSQL server is configured.",
  };
}

async function describeCache(): Promise<Part> {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = environment();
  if (url === undefined || token === undefined) return { status: "ok", kind: "in-process" };
  try {
    const response = await fetch(`${url.replace(/\/$/, "")}/ping`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(PING_TIMEOUT_MS),
    });
    return { status: response.ok ? "ok" : "degraded", kind: "redis" };
  } catch {
    // Limits fall back to this process alone: correct, but counted per process.
    return { status: "degraded", kind: "redis" };
  }
}

function describeModels(): Part {
  const localModelErrors = liveRouterState()?.upstreams.flatMap(({ modelErrors }) => modelErrors) ?? [];
  return {
    status: localModelErrors.length === 0 ? "ok" : "degraded",
    route: environment().MODEL_ROUTE,
    models: listModels(),
    ...(localModelErrors.length === 0 ? {} : { localModelErrors }),
  };
}
