import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import { insertUsageAttempts } from "../queries/insert-usage-attempts.ts";
import { findUsageByRequestId, type UsageAttempt } from "../queries/usage-attempts.ts";
import { until } from "../test-router.ts";
import { createUsageRecorder } from "./usage-recorder.ts";

const scope = { orgId: newId(), userId: newId() };

function row(more: Partial<UsageAttempt> = {}): UsageAttempt {
  return {
    id: newId(),
    ...scope,
    requestId: "request-1",
    attempt: 1,
    endpoint: "chat/completions",
    model: "gpt",
    upstream: "azure",
    upstreamModel: "gpt-eu",
    status: 200,
    outcome: "complete",
    errorCode: null,
    promptTokens: 10,
    cachedTokens: 2,
    completionTokens: 5,
    usageEstimated: false,
    costMicros: 30,
    firstTokenMs: 12.5,
    totalMs: 80,
    createdAt: new Date(),
    ...more,
  };
}

describe("the usage recorder", () => {
  test("writes rows that arrive together in one statement", async () => {
    const writes: number[] = [];
    const recorder = createUsageRecorder({ insert: async (rows) => void writes.push(rows.length) });
    for (let count = 0; count < 30; count += 1) recorder.record(row());
    await until(() => writes.length > 0, "the rows are written");
    expect(writes).toEqual([30]);
    expect(recorder.size).toBe(0);
  });

  test("keeps rows while the database is away and writes them when it is back", async () => {
    let isAway = true;
    const written: string[] = [];
    const recorder = createUsageRecorder({
      insert: async (rows) => {
        if (isAway) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
        written.push(...rows.map(({ id }) => id));
      },
    });
    const rows = [row(), row()];
    for (const one of rows) recorder.record(one);
    expect(await recorder.flush(50)).toBe(2);
    isAway = false;
    expect(await recorder.flush()).toBe(0);
    expect(written).toEqual(rows.map(({ id }) => id));
  });

  test("singles out a row the database refuses and writes the others", async () => {
    const written: string[] = [];
    const bad = row();
    const recorder = createUsageRecorder({
      insert: async (rows) => {
        if (rows.includes(bad)) throw Object.assign(new Error("bad"), { code: "22P02" });
        written.push(...rows.map(({ id }) => id));
      },
    });
    const good = [row(), row(), row()];
    for (const one of [...good.slice(0, 2), bad, ...good.slice(2)]) recorder.record(one);
    expect(await recorder.flush()).toBe(0);
    expect(written.sort()).toEqual(good.map(({ id }) => id).sort());
  });
});

describe("usage in the database", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(() => database.close());

  test("attempts of one request are summed for their user only, and written once", async () => {
    const requestId = newId();
    const rows = [
      row({
        requestId,
        outcome: "failed",
        promptTokens: 0,
        cachedTokens: 0,
        completionTokens: 0,
        costMicros: 0,
      }),
      row({ requestId, attempt: 2, usageEstimated: true }),
    ];
    await insertUsageAttempts(rows);
    await insertUsageAttempts(rows);
    expect(await findUsageByRequestId(scope, requestId)).toEqual({
      requestId,
      attemptIds: rows.map(({ id }) => id),
      model: "gpt",
      upstream: "azure",
      promptTokens: 10,
      cachedTokens: 2,
      completionTokens: 5,
      isEstimated: true,
      costMicros: 30,
      firstTokenMs: 12.5,
      totalMs: 160,
    });
    expect(await findUsageByRequestId({ ...scope, userId: newId() }, requestId)).toBeNull();
    expect(await findUsageByRequestId({ ...scope, orgId: newId() }, requestId)).toBeNull();
  });

  test("one attempt of unknown cost makes the request's cost unknown", async () => {
    const requestId = newId();
    await insertUsageAttempts([row({ requestId }), row({ requestId, attempt: 2, costMicros: null })]);
    expect((await findUsageByRequestId(scope, requestId))?.costMicros).toBeNull();
  });
});
