import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import {
  createDataset,
  deleteDataset,
  exportDataset,
  findDatasets,
  getDataset,
  importDatasetItems,
  seedSampleDataset,
  updateDataset,
} from "./manage-datasets.ts";
import { insertRun } from "./queries/runs.ts";
import { runConfigurationSchema } from "./schema.ts";
import { createTestPrincipal } from "./test-system.ts";

const line = (id: string, answerable = true) =>
  `${JSON.stringify({ id, question: `Question ${id}?`, answer: null, answerable, tags: ["a"], expectedSources: answerable ? [{ document: "a.md", page: null, quote: "words" }] : [] })}\n`;
const two = line("q1") + line("q2", false);

let database: TestDatabase;
let principal: Principal;
beforeAll(async () => {
  database = await startTestDatabase();
  principal = await createTestPrincipal();
});
afterAll(() => database.close());

describe("datasets", () => {
  it("are exported as they were imported, byte for byte", async () => {
    const made = await createDataset(principal, { name: "Round trip", jsonl: two });
    expect(made).toMatchObject({ version: 1, itemCount: 2, answerableCount: 1, isSample: false });
    expect(await exportDataset(principal, made.id)).toBe(two);
  });

  it("get a new version with each change of their questions, and none without a change", async () => {
    const made = await createDataset(principal, { name: "Versions" });
    expect(made).toMatchObject({ version: 1, itemCount: 0 });
    expect(await importDatasetItems(principal, made.id, two)).toMatchObject({ version: 2, itemCount: 2 });
    expect(await importDatasetItems(principal, made.id, two)).toMatchObject({ version: 2 });
    expect(await importDatasetItems(principal, made.id, line("q9"))).toMatchObject({
      version: 3,
      itemCount: 1,
    });
    expect(await updateDataset(principal, made.id, { name: "Versions!" })).toMatchObject({ version: 3 });
  });

  it("stay as they are when the file has one faulty line", async () => {
    const made = await createDataset(principal, { name: "Whole", jsonl: two });
    await expect(importDatasetItems(principal, made.id, `${line("q1")}{`)).rejects.toMatchObject({
      code: "dataset_invalid",
    });
    expect(await exportDataset(principal, made.id)).toBe(two);
    await expect(createDataset(principal, { name: "Never", jsonl: "{" })).rejects.toThrow("Line 1");
    expect((await findDatasets(principal)).map((dataset) => dataset.name)).not.toContain("Never");
  });

  it("have names of their own", async () => {
    const made = await createDataset(principal, { name: "First" });
    await createDataset(principal, { name: "Second" });
    await expect(createDataset(principal, { name: "First" })).rejects.toMatchObject({
      code: "dataset_name_taken",
    });
    await expect(updateDataset(principal, made.id, { name: "Second" })).rejects.toMatchObject({
      code: "dataset_name_taken",
    });
    expect(await updateDataset(principal, made.id, { name: "First", description: "x" })).toMatchObject({
      description: "x",
    });
  });

  it("keep their questions while a run measures them", async () => {
    const made = await createDataset(principal, { name: "Busy", jsonl: two });
    const configuration = runConfigurationSchema.parse({});
    await insertRun(principal, {
      datasetId: made.id,
      configuration,
      commit: "c",
      createdBy: principal.userId,
    });
    await expect(importDatasetItems(principal, made.id, line("q9"))).rejects.toMatchObject({
      code: "dataset_in_use",
    });
  });

  it("are out of reach for other organisations", async () => {
    const made = await createDataset(principal, { name: "Ours", jsonl: two });
    const stranger = await createTestPrincipal();
    expect(await findDatasets(stranger)).toEqual([]);
    const attempts = [
      () => getDataset(stranger, made.id),
      () => exportDataset(stranger, made.id),
      () => importDatasetItems(stranger, made.id, line("q1")),
      () => updateDataset(stranger, made.id, { name: "Theirs" }),
      () => deleteDataset(stranger, made.id),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
  });

  it("are gone after deletion", async () => {
    const made = await createDataset(principal, { name: "Gone", jsonl: two });
    await deleteDataset(principal, made.id);
    await expect(getDataset(principal, made.id)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("seedSampleDataset", () => {
  it("makes the sample dataset once, even after it was renamed", async () => {
    const scope = await createTestPrincipal();
    await seedSampleDataset(scope, two);
    await seedSampleDataset(scope, two);
    const [sample, ...others] = await findDatasets(scope);
    expect(others).toEqual([]);
    expect(sample).toMatchObject({ name: "Sample questions", isSample: true, itemCount: 2 });
    await updateDataset(scope, sample?.id ?? "", { name: "Mine" });
    await seedSampleDataset(scope, two);
    expect(await findDatasets(scope)).toHaveLength(1);
  });
});
