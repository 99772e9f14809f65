import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { organisation } from "./identity.ts";
import { createdAt, id, orgId, tenantKey, tenantPolicies, tenantReference } from "./tenancy.ts";

export const dataset = pgTable(
  "dataset",
  {
    id: id(),
    orgId: orgId().references(() => organisation.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    description: text("description").notNull().default(""),
    /** Raised by every change of the items; a run stores the one it measured. */
    version: integer("version").notNull().default(1),
    isSample: boolean("is_sample").notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [tenantKey(table), unique().on(table.orgId, table.name), ...tenantPolicies()],
);

export const datasetItem = pgTable(
  "dataset_item",
  {
    id: id(),
    orgId: orgId(),
    datasetId: uuid("dataset_id").notNull(),
    /** The item's own name in its file, unique in the dataset. */
    externalId: text("external_id").notNull(),
    ordinal: integer("ordinal").notNull(),
    question: text("question").notNull(),
    answer: text("answer"),
    answerable: boolean("answerable").notNull(),
    tags: text("tags").array().notNull(),
    expectedSources: jsonb("expected_sources").$type<unknown[]>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.datasetId], dataset),
    unique().on(table.datasetId, table.externalId),
    ...tenantPolicies(),
  ],
);

export const runStates = ["queued", "running", "complete", "stopped", "failed"] as const;

/** One measurement of the system over a dataset: stores everything needed to say what was measured. */
export const run = pgTable(
  "run",
  {
    id: id(),
    orgId: orgId(),
    datasetId: uuid("dataset_id").notNull(),
    datasetVersion: integer("dataset_version").notNull(),
    state: text("state", { enum: runStates }).notNull(),
    configuration: jsonb("configuration").$type<unknown>().notNull(),
    model: text("model").notNull(),
    embedder: text("embedder").notNull(),
    /** Commit of the program, or `unknown`. */
    commit: text("commit").notNull(),
    itemCount: integer("item_count").notNull(),
    itemsDone: integer("items_done").notNull().default(0),
    /** Totals by metric name once complete. */
    summary: jsonb("summary").$type<unknown>(),
    errorCode: text("error_code"),
    createdBy: uuid("created_by").notNull(),
    createdAt: createdAt(),
    startedAt: timestamp("started_at", { withTimezone: true }),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.datasetId], dataset),
    index("run_dataset").on(table.orgId, table.datasetId, table.createdAt),
    ...tenantPolicies(),
  ],
);

export const runItem = pgTable(
  "run_item",
  {
    id: id(),
    orgId: orgId(),
    runId: uuid("run_id").notNull(),
    externalId: text("external_id").notNull(),
    ordinal: integer("ordinal").notNull(),
    question: text("question").notNull(),
    answer: text("answer").notNull(),
    /** What was retrieved, cited and timed: the trace behind the figures. */
    trace: jsonb("trace").$type<unknown>().notNull(),
    errorCode: text("error_code"),
    latencyMs: real("latency_ms").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    tenantKey(table),
    tenantReference([table.orgId, table.runId], run),
    unique().on(table.runId, table.externalId),
    ...tenantPolicies(),
  ],
);

export const score = pgTable(
  "score",
  {
    orgId: orgId(),
    runItemId: uuid("run_item_id").notNull(),
    metric: text("metric").notNull(),
    value: doublePrecision("value").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.runItemId, table.metric] }),
    tenantReference([table.orgId, table.runItemId], runItem),
    ...tenantPolicies(),
  ],
);
