/** A collection with a document in every state that a person meets, made through the interface. */
import { expect } from "@playwright/test";
import type { Page } from "playwright";

export const CRANE_QUESTION = "When was the slewing bearing of harbour crane 7 greased?";
const CRANE_TITLE = "Harbour crane log";

const craneLog = (day: string) => `# Harbour crane 7

The slewing bearing of harbour crane 7 was greased on ${day} by Odd Larsen.

The jib of harbour crane 7 measures 42 metres.`;

/** Calls our own interface as the page on the screen would. */
async function call(page: Page, method: "POST" | "PATCH" | "DELETE", path: string, data?: object) {
  const answer = await page.request.fetch(path, {
    method,
    headers: { origin: new URL(page.url()).origin },
    ...(data === undefined ? {} : { data }),
  });
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()}`);
  return answer.status() === 204 ? undefined : answer.json();
}

/** Waits until nothing of the collection is left to be read. */
async function allIsRead(page: Page, collectionId: string, documentCount: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const { counts } = await (await page.request.get(`/api/collections/${collectionId}/status`)).json();
        return counts.working === 0 && counts.ready + counts.failed === documentCount;
      },
      { timeout: 60_000, message: "everything is read" },
    )
    .toBe(true);
}

/** A PDF whose second page is empty. Where things stand in the file is left for the reader to find out. */
function halfEmptyPdf(): Buffer {
  const words = "BT /F1 14 Tf 72 720 Td (The pump of the north hall was replaced on 3 May 2026.) Tj ET";
  const page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >>";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
    `<< ${page} /Contents 6 0 R >>`,
    `<< ${page} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    `<< /Length ${words.length} >>\nstream\n${words}\nendstream`,
  ];
  const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join("");
  return Buffer.from(`%PDF-1.4\n${body}trailer\n<< /Root 1 0 R /Size ${objects.length + 1} >>\n%%EOF\n`);
}

export interface PlantRecords {
  /** The collection's page. */
  readonly path: string;
  /** Replaces the log that answers quoted, and waits until searches see it. */
  readonly changeLog: () => Promise<void>;
  /** Everything is to be read again, and waits. */
  readonly letWait: () => Promise<void>;
  readonly goOn: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Makes the collection; its documents have been read, or have failed, when it is there. */
export async function makePlantRecords(page: Page): Promise<PlantRecords> {
  const visibility = "private";
  const { id } = await call(page, "POST", "/api/collections", { name: "Plant records", visibility });
  const api = `/api/collections/${id}`;
  const path = `/collections/${id}`;
  const addLog = (day: string, replaces?: string) =>
    call(page, "POST", `${api}/documents`, { title: CRANE_TITLE, text: craneLog(day), replaces });
  const log = await addLog("4 March 2021");
  await page.goto(path);
  await page
    .getByLabel("Choose files to add")
    .first()
    .setInputFiles([
      { name: "pump-report.pdf", mimeType: "application/pdf", buffer: halfEmptyPdf() },
      { name: "cut-off.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\ncut off") },
      {
        name: "spare-parts.csv",
        mimeType: "text/csv",
        buffer: Buffer.from("part,pieces,hall\nbearing,4,north\nvalve,12,south\nfilter,30,south\n"),
      },
    ]);
  await allIsRead(page, id, 4);
  return {
    path,
    changeLog: async () => {
      await addLog("9 August 2023", log.id);
      await allIsRead(page, id, 4);
    },
    letWait: async () => {
      await call(page, "PATCH", "/api/offline-work", { isPaused: true });
      await call(page, "POST", `${api}/reread`, { which: "all" });
    },
    goOn: async () => {
      await call(page, "PATCH", "/api/offline-work", { isPaused: false });
      await allIsRead(page, id, 4);
    },
    remove: async () => {
      await call(page, "DELETE", api);
    },
  };
}
