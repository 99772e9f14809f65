import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { AppError } from "../../shared/errors.ts";
import { createCollection } from "../collections.ts";
import { searchResponseSchema } from "../schema.ts";
import { makeOrganisation, makePrincipal, uploadAndIngest } from "../test-knowledge.ts";
import { search } from "./search.ts";

const filler =
  "The crew of the works meets every morning in the yard, drinks tea, and talks about weather, wages and football.";
const repeated =
  "Every visitor has to wear a helmet and a vest, to sign the book at the gate and to leave the site before dusk. " +
  "Children stay with the person who brought them, and dogs wait outside on a lead until somebody comes for them. " +
  "Whoever feels unwell goes to the first aid room behind the canteen, where a nurse is on duty through the day.";

/** File name -> text. */
const documents: Readonly<Record<string, string>> = {
  "blue-harbour.md":
    "# Blue Harbour\n\nBlue Harbour is a film of 1931, directed by Albert S. Rogell and shot in Lisbon.",
  "rogell.md":
    "# Albert S. Rogell\n\nAlbert S. Rogell (1901 to 1988) came from Oklahoma City and worked for forty years.",
  "harbours.md": `# Directors of harbours\n\nThe director of a harbour is born to the sea, they say; a film was made about it. ${filler}`,
  "pumps.md": `# Pumps\n\nPUMP-7A-2041 failed twice. ${filler}`,
  "pump-list.txt": `Pump 7A, pump 2041, pump 7A again: pump list of pump hall 2041 with every pump 7A. ${filler}`,
  "contract.md": `# Contract with Boe\n\nIn case of force majeure nothing is owed by either side. ${filler}`,
  "majeure.md": `# On force\n\nA majeure force needs force; the force is majeure, forced by majeure forces. ${filler}`,
  "prices.csv": "article,price\nseal,12\npump,900\n",
  "visitors-north.md": `# Gate north\n\n${repeated}`,
  "visitors-south.md": `# Gate south\n\n${repeated}`,
};

let testDatabase: TestDatabase;
let dataDir: string;
let principal: Principal;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-answers-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
  principal = makePrincipal(await makeOrganisation());
  const { id } = await createCollection(principal, { name: "All", description: "", visibility: "private" });
  for (const [name, text] of Object.entries(documents)) await uploadAndIngest(principal, id, name, text);
}, 120_000);

afterAll(async () => {
  await testDatabase.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask(query: string, request: Partial<Parameters<typeof search>[1]> = {}, deps = {}) {
  const response = await search(principal, { query, ...request }, deps);
  expect(searchResponseSchema.parse(response)).toEqual(response);
  return { ...response, files: response.results.map(({ fileName }) => fileName) };
}

describe("what comes first", () => {
  it("is the passage that holds the quoted phrase or the identifier", async () => {
    const phrase = await ask('what is said about "force majeure" and force');
    expect(phrase.files[0]).toBe("contract.md");
    expect(phrase.results[0]?.matched).toContain("phrase");
    const identifier = await ask("pump PUMP-7A-2041 hall list");
    expect(identifier.files[0]).toBe("pumps.md");
    expect(identifier.results[0]?.matched).toContain("identifier");
  });

  it("says when a phrase stands nowhere", async () => {
    const { trace } = await ask('"gross negligence of pumps"');
    expect(trace.understanding?.route).toBe("keyword");
    expect(trace.steps?.find(({ name }) => name === "rerank")?.summary).toContain(
      "No passage holds “gross negligence of pumps” word for word.",
    );
  });
});

describe("a question that reaches through a name", () => {
  it("brings the document about the other thing right behind", async () => {
    const { files, trace } = await ask("Where was the director of Blue Harbour born?");
    expect(files.indexOf("rogell.md")).toBe(files.indexOf("blue-harbour.md") + 1);
    expect(trace.steps?.find(({ name }) => name === "follow")?.detail.titles).toEqual(["Albert S. Rogell"]);
  });

  it("is left alone when the query is to be taken as it is", async () => {
    const { trace } = await ask("Where was the director of Blue Harbour born?", { understand: false });
    expect(trace.steps?.some(({ name }) => name === "follow")).toBe(false);
  });
});

describe("restrictions", () => {
  it("are read from the question and shown", async () => {
    const { files, trace } = await ask("what does a pump cost in the spreadsheets?");
    expect(files).toEqual(["prices.csv"]);
    expect(trace.understanding?.filters).toEqual([
      { kind: "type", value: "spreadsheet", origin: "recognised", isApplied: true },
    ]);
    expect((await ask('visitors title:"Gate south"')).files).toEqual(["visitors-south.md"]);
    expect((await ask("what is owed according to the document Contract with Boe")).files).toEqual([
      "contract.md",
    ]);
  });

  it("are dropped when they leave nothing, unless the caller asked for them", async () => {
    const dropped = await ask("which pump failed type:epub");
    expect(dropped.files.length).toBeGreaterThan(0);
    expect(dropped.trace.understanding?.filters[0]).toMatchObject({ value: "e-book", isApplied: false });
    expect((await ask("which pump failed", { mediaTypes: ["application/epub+zip"] })).files).toEqual([]);
    expect((await ask("pump", { titles: ["PUMPS"] })).files).toEqual(["pumps.md"]);
    expect((await ask("pump", { dates: { to: "2001-01-01" } })).files).toEqual([]);
  });
});

describe("several questions in one", () => {
  it("are searched one by one and joined", async () => {
    const { files, trace } = await ask(
      "Who wears a helmet at the gate, and when is nothing owed by either side?",
    );
    expect(trace.understanding?.parts).toHaveLength(2);
    expect(files.slice(0, 3)).toContain("contract.md");
    expect(files.slice(0, 3).some((name) => name.startsWith("visitors"))).toBe(true);
  });
});

describe("near-duplicates", () => {
  it("are folded into the better passage and named", async () => {
    const { files, trace, results } = await ask("helmet and vest of visitors");
    expect(files.filter((name) => name.startsWith("visitors"))).toHaveLength(1);
    expect(trace.folded).toHaveLength(1);
    expect(trace.folded?.[0]?.intoChunkId).toBe(results[0]?.chunkId);
  });
});

describe("a reranking model", () => {
  const model = { rerankingModel: () => "judge" };

  it("orders the first passages when one is configured", async () => {
    const rerankTexts = async (_: string, texts: readonly string[]) => ({
      scores: texts.map((text) => (text.includes("drinks tea") && text.includes("Boe") ? 9 : 0)),
      model: "judge",
    });
    const { files, trace, results } = await ask("which pump failed", {}, { ...model, rerankTexts });
    expect(trace.reranker).toBe("judge");
    expect(files[0]).toBe("contract.md");
    expect(results[0]?.scores.rerank).toBe(9);
  });

  it("leaves the order by wording and says so when it fails", async () => {
    const rerankTexts = async () => {
      throw new AppError("model_timeout");
    };
    const { files, trace } = await ask("which pump failed", {}, { ...model, rerankTexts });
    expect(files[0]).toBe("pumps.md");
    expect(trace.reranker).toBe("built-in");
    expect(trace.steps?.find(({ name }) => name === "rerank")?.summary).toContain(
      "did not answer (model_timeout)",
    );
  });

  it("is not asked when nothing is to be reordered", async () => {
    const { trace } = await ask("which pump failed", { rerank: false });
    expect(trace.reranker).toBeNull();
  });
});
