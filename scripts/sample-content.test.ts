import { expect, test } from "vitest";
import { makeSamplePdfs, staleSamplePdfs } from "./make-sample-pdfs.ts";
import { checkDataset, readSampleDataset, readSampleTexts } from "./sample-content/check-dataset.ts";
import { readSource } from "./sample-content/read-source.ts";

test("The committed sample PDFs are what their source texts give", async () => {
  expect(await staleSamplePdfs()).toEqual([]);
});

test("Setting the sample PDFs twice gives the same bytes", async () => {
  const hashes = (await makeSamplePdfs()).map(({ bytes }) => Buffer.from(bytes).toString("base64"));
  const again = (await makeSamplePdfs()).map(({ bytes }) => Buffer.from(bytes).toString("base64"));
  expect(again).toEqual(hashes);
});

test("Every expected quote of the sample dataset stands on its page", async () => {
  expect(await checkDataset()).toEqual([]);
});

test("The sample dataset asks about both collections, several documents at once and things unknown", async () => {
  const items = await readSampleDataset();
  const tagged = (tag: string) => items.filter((item) => item.tags.includes(tag)).length;
  expect(items.length).toBeGreaterThanOrEqual(40);
  expect(tagged("manual")).toBeGreaterThanOrEqual(20);
  expect(tagged("case")).toBeGreaterThanOrEqual(20);
  expect(tagged("multi-document")).toBeGreaterThanOrEqual(3);
  expect(items.filter((item) => !item.answerable).length).toBeGreaterThanOrEqual(6);
});

test("Every page of every seeded document holds text", async () => {
  const texts = await readSampleTexts();
  expect(texts.size).toBeGreaterThanOrEqual(24);
  for (const pages of texts.values()) {
    for (const page of pages) expect(page.trim().length).toBeGreaterThan(150);
  }
});

test("Two columns are extracted one after the other", async () => {
  const [page = ""] = (await readSampleTexts()).get("2026-02-09-service-bulletin-sb-41.pdf") ?? [];
  expect(page.indexOf("Event memory")).toBeGreaterThan(0);
  expect(page.indexOf("Event memory")).toBeLessThan(page.indexOf("What to do after the update"));
});

test("A source text without a title is refused by name", () => {
  expect(() => readSource("issuer: A\n---\nText")).toThrow('no field "title"');
});

test("A table whose rows differ in length is refused", () => {
  const head = "title: T\nissuer: A\nissuerLine: B\ndate: 2026-01-01\nrunning: R\n---\n";
  expect(() => readSource(`${head}| a | b |\n|---|---|\n| 1 |`)).toThrow("Uneven table row");
});
