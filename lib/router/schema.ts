import { z } from "zod";

/** What a model is for. */
export const modelKindSchema = z.enum(["chat", "embedding", "rerank"]);
export type ModelKind = z.infer<typeof modelKindSchema>;

/** A chat model as a model picker shows it. */
export const chatModelSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  /** True for the models that live inside the program: no weights, no key, extractive answers only. */
  isBuiltin: z.boolean(),
  isDefault: z.boolean(),
});
export type ChatModel = z.infer<typeof chatModelSchema>;

/** What all attempts of one request took, summed. */
export const requestUsageSchema = z.strictObject({
  requestId: z.string(),
  attemptIds: z.array(z.string()),
  model: z.string(),
  /** Upstream of the last attempt. */
  upstream: z.string(),
  promptTokens: z.number().int(),
  cachedTokens: z.number().int(),
  completionTokens: z.number().int(),
  isEstimated: z.boolean(),
  /** Millionths of the price table's currency; null when any attempt's price is unknown. */
  costMicros: z.number().int().nullable(),
  firstTokenMs: z.number().nullable(),
  totalMs: z.number(),
});
export type RequestUsage = z.infer<typeof requestUsageSchema>;

/** State of a breaker: calls pass, none do, or one probe does. */
export const breakerStateSchema = z.enum(["closed", "open", "half_open"]);

/** One place where a model is served, as it stands now. */
export const targetStateSchema = z.strictObject({
  upstream: z.string(),
  upstreamModel: z.string(),
  weight: z.number(),
  isPriced: z.boolean(),
  breaker: breakerStateSchema,
  /** Milliseconds until it is asked again; 0 when it may be now. */
  coolingForMs: z.number(),
  inFlight: z.number().int(),
  /** Expected time to the first token; null while unknown. */
  ewmaFirstTokenMs: z.number().nullable(),
  /** What the upstream says of its own queue; null when it does not. */
  running: z.number().nullable(),
  waiting: z.number().nullable(),
  /** Share (0 to 1) of its cache that is taken. */
  cacheUse: z.number().nullable(),
  calls: z.number().int(),
  failures: z.number().int(),
  lastFault: z.string().nullable(),
});
export type TargetStateView = z.infer<typeof targetStateSchema>;

/** The router as an administrator sees it; no secret is in it. */
export const routerStateSchema = z.strictObject({
  configuration: z.strictObject({
    file: z.string(),
    /** ISO 8601. */
    readAt: z.string(),
    /** Why the latest change of the file was not taken; null when it was. */
    error: z.string().nullable(),
    /** As written: references to secrets, never secrets. */
    written: z.unknown(),
  }),
  upstreams: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      /** Null for models inside this program. */
      baseUrl: z.string().nullable(),
      credential: z.enum(["none", "key", "entra_id"]),
      /** Null while nothing is known. */
      isHealthy: z.boolean().nullable(),
      /** Why no token of Entra ID is to be had; null when there is one or none is needed. */
      credentialError: z.string().nullable(),
      /** Local models that cannot be used, each with the place in the configuration and the remedy. */
      modelErrors: z.array(z.strictObject({ model: z.string(), reason: z.string() })),
      /** Models the server says it serves; null when it was not asked. */
      servedModels: z.array(z.string()).nullable(),
      /** Names the configuration asks it for that are not among them. */
      missingModels: z.array(z.string()),
    }),
  ),
  models: z.array(
    z.strictObject({
      name: z.string(),
      label: z.string(),
      kind: modelKindSchema,
      aliases: z.array(z.string()),
      policy: z.string(),
      fallbacks: z.array(z.string()),
      isContinued: z.boolean(),
      targets: z.array(targetStateSchema),
    }),
  ),
  inFlight: z.number().int(),
  usageWaiting: z.number().int(),
  limits: z.strictObject({ reservations: z.number().int(), leases: z.number().int(), isAlone: z.boolean() }),
  /** Answers in this process's memory. */
  cache: z.strictObject({
    entries: z.number().int(),
    bytes: z.number().int(),
    hits: z.number().int(),
    misses: z.number().int(),
    evicted: z.number().int(),
  }),
  /** Models of which slow requests are sent a second time. */
  hedges: z.array(
    z.strictObject({
      model: z.string(),
      delayMs: z.number(),
      requests: z.number().int(),
      hedged: z.number().int(),
      /** Times the bound on second requests spoke against one. */
      refused: z.number().int(),
    }),
  ),
});
export type RouterState = z.infer<typeof routerStateSchema>;

/** What is limited. */
export const limitNameSchema = z.enum([
  "requestsPerMinute",
  "tokensPerMinute",
  "concurrentStreams",
  "monthlyBudgetMicros",
]);
export type LimitName = z.infer<typeof limitNameSchema>;

/** Whom a limit is set for. */
export const limitSubjectTypeSchema = z.enum(["organisation", "user", "key"]);
export type LimitSubjectType = z.infer<typeof limitSubjectTypeSchema>;

const ofEachLimit = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    requestsPerMinute: value,
    tokensPerMinute: value,
    concurrentStreams: value,
    /** Millionths of the price table's currency in a calendar month (UTC). */
    monthlyBudgetMicros: value,
  });

/** Limits in force; null where there is none. */
export const limitValuesSchema = ofEachLimit(z.number().int().nullable());
export type LimitValues = z.infer<typeof limitValuesSchema>;

/** Limits set for one subject: an absent name leaves the default, null means no limit whatever the default. */
export const setLimitsSchema = ofEachLimit(
  z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable(),
).partial();

/** PUT /api/admin/limits/{type}/{id}. */
export const changeLimitsSchema = z.strictObject({ limits: setLimitsSchema });
export type ChangeLimits = z.infer<typeof changeLimitsSchema>;

/** One organisation, person or API key with its limits and what it takes of them. */
export const limitedSubjectSchema = z.strictObject({
  type: limitSubjectTypeSchema,
  id: z.string(),
  name: z.string(),
  /** Null while only the defaults hold. */
  set: setLimitsSchema.nullable(),
  effective: limitValuesSchema,
  /** This minute, this moment, this month; null where nothing is counted, since nothing is limited. */
  used: ofEachLimit(z.number().nullable()),
});
export type LimitedSubject = z.infer<typeof limitedSubjectSchema>;

/** GET /api/admin/limits. */
export const limitsOverviewSchema = z.strictObject({
  /** The calendar month (UTC) of the budgets: "2026-11". */
  month: z.string(),
  /** From the configuration. */
  defaults: z.strictObject({
    organisation: limitValuesSchema,
    user: limitValuesSchema,
    key: limitValuesSchema,
  }),
  subjects: z.array(limitedSubjectSchema),
});
export type LimitsOverview = z.infer<typeof limitsOverviewSchema>;

/** GET /api/admin/usage: sums of one day (UTC), person and model. */
export const usageByDaySchema = z.strictObject({
  usage: z.array(
    z.strictObject({
      /** As 2026-11-21. */
      day: z.string(),
      userId: z.string(),
      /** Null for an account that is gone. */
      userName: z.string().nullable(),
      model: z.string(),
      requests: z.number().int(),
      attempts: z.number().int(),
      promptTokens: z.number().int(),
      cachedTokens: z.number().int(),
      completionTokens: z.number().int(),
      /** Millionths of the price table's currency, of the attempts whose cost is known. */
      costMicros: z.number().int(),
      /** Attempts whose cost is unknown. */
      unpricedAttempts: z.number().int(),
    }),
  ),
});
export type UsageByDay = z.infer<typeof usageByDaySchema>;
