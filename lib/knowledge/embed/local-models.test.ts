import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findOnnxRuntime } from "../../../e2e/onnx-runtime/find-onnx-runtime.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { knownRouterConfig, loadRouterConfig, setRouterConfig } from "../../router/config/load-config.ts";
import { parseConfig } from "../../router/config/parse-config.ts";
import { embedTexts } from "../../router/embed-texts.ts";
import { writeTestModel } from "../../router/upstreams/onnx/test-onnx-model.ts";
import { createCollection } from "../collections.ts";
import { search } from "../search/search.ts";
import { makeOrganisation, makePrincipal, uploadAndIngest } from "../test-knowledge.ts";

const packages = findOnnxRuntime();

describe.skipIf(packages === undefined)("documents under local models (need onnxruntime-node)", () => {
  const before = knownRouterConfig();
  let testDatabase: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    testDatabase = await startTestDatabase();
    folder = mkdtempSync(join(tmpdir(), "vouch-local-"));
    vi.spyOn(environment(), "dataDir", "get").mockReturnValue(join(folder, "data"));
    writeTestModel(join(folder, "tiny"), "embedder");
    writeTestModel(join(folder, "judge"), "reranker");
    setRouterConfig(
      parseConfig(
        `
upstreams:
  local:
    kind: onnx
    packages: ${packages}
    models: { tiny: { directory: tiny }, judge: { directory: judge } }
models:
  - { name: tiny, kind: embedding, upstream: local }
  - { name: judge, kind: rerank, upstream: local }
`,
        { file: join(folder, "vouch.yaml"), readSecret: () => undefined },
      ),
    );
  });
  afterAll(async () => {
    setRouterConfig(before ?? loadRouterConfig());
    await testDatabase.close();
    rmSync(folder, { recursive: true });
  });

  test("are indexed, found by similarity and put in order without anything outside this machine", async () => {
    const principal = makePrincipal(await makeOrganisation());
    const { id } = await createCollection(principal, {
      name: "Works",
      description: "",
      visibility: "private",
    });
    await uploadAndIngest(principal, id, "log.txt", "The pump leaks. The valve is repaired.");
    await uploadAndIngest(principal, id, "bill.txt", "The invoice is paid.");
    const { results, trace } = await search(principal, { query: "pump leaks", mode: "semantic" });
    expect(results.map(({ title }) => title)).toEqual(["log", "bill"]);
    expect(results[0]?.scores.semantic).toBeGreaterThan(results[1]?.scores.semantic ?? 1);
    // Models that tell questions from documents are told which this is.
    const embedAndNote = vi.fn(embedTexts);
    await search(principal, { query: "pump leaks" }, { embedTexts: embedAndNote });
    expect(embedAndNote.mock.calls.map(([, options]) => options?.purpose)).toEqual(["query"]);
    expect(trace).toMatchObject({ vectorSpace: "local/tiny", reranker: "judge" });
  });
});
