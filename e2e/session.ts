import { test as base, expect, type Page } from "@playwright/test";
import { ADMINISTRATOR } from "./administrator.ts";

/** True when a scripted upstream answers, false when the built-in model does. */
export const isScripted = process.env.VOUCH_E2E_MODEL === "scripted";

/**
 * A page whose console must stay silent: an error there fails the test. What the browser itself writes about an answer
 * with an error status is left out; the tests assert on those answers.
 */
export const test = base.extend<{ silentConsole: undefined }>({
  silentConsole: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on("console", (message) => {
        const isStatusLine = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !isStatusLine) errors.push(message.text());
      });
      context.on("weberror", (error) => errors.push(error.error().message));
      await use(undefined);
      expect(errors, "errors on the console").toEqual([]);
    },
    { auto: true },
  ],
});

export async function signInAsAdministrator(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(ADMINISTRATOR.email);
  await page.getByLabel("Password").fill(ADMINISTRATOR.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("textbox", { name: "Your question" })).toBeVisible();
}

export async function continueAsGuest(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Continue as guest" }).click();
  await expect(page.getByRole("textbox", { name: "Your question" })).toBeVisible();
}

interface ListedDocument {
  readonly state: string;
  readonly fileName: string;
}

/** Waits until the sample documents of the first start are indexed. */
export async function samplesAreReady(page: Page): Promise<void> {
  await expect
    .poll(
      async () => {
        const { collections } = await (await page.request.get("/api/collections")).json();
        const samples = collections.filter((collection: { isSample: boolean }) => collection.isSample);
        const documents: ListedDocument[] = [];
        for (const { id } of samples) {
          const answer = await page.request.get(`/api/collections/${id}/documents`);
          documents.push(...(await answer.json()).documents);
        }
        return (
          samples.length >= 2 && documents.length > 15 && documents.every(({ state }) => state === "ready")
        );
      },
      { timeout: 60_000, message: "sample documents are indexed" },
    )
    .toBe(true);
}

/** The question so that its answer takes a while; the built-in model paces itself. */
export function unhurried(question: string): string {
  return isScripted ? `${question} Take your time.` : question;
}

/** Asks a question and waits for the end of its answer. */
export async function ask(page: Page, question: string) {
  await page.getByRole("textbox", { name: "Your question" }).fill(question);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await answerIsDone(page);
  return answer;
}

/** The last answer has ended: the button that stops it has made way for the one that sends. */
export async function answerIsDone(page: Page): Promise<void> {
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer).toHaveAttribute("aria-busy", "false", { timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
}

interface Citation {
  readonly marker: number;
  readonly documentId: string;
  readonly versionId: string;
  readonly quote: string;
  readonly start: number;
  readonly end: number;
}

/** The citations of the conversation on the screen, as they are stored. */
export async function storedCitations(page: Page): Promise<Citation[]> {
  const { messages } = await (await page.request.get(`/api/conversations/${conversationIdOf(page)}`)).json();
  return messages
    .flatMap(({ parts }: { parts: { type: string; data: Citation }[] }) => parts)
    .filter(({ type }: { type: string }) => type === "data-citation")
    .map(({ data }: { data: Citation }) => data);
}

export function conversationIdOf(page: Page): string {
  const match = /\/c\/([0-9a-f-]{36})/.exec(page.url());
  if (match?.[1] === undefined) throw new Error(`${page.url()} is no conversation`);
  return match[1];
}

/** Every stored quote equals the slice of its document's text that it claims to be. */
export async function quotesAreExact(page: Page): Promise<number> {
  const citations = await storedCitations(page);
  for (const { documentId, versionId, quote, start, end } of citations) {
    const { text } = await (
      await page.request.get(`/api/documents/${documentId}/text?version=${versionId}`)
    ).json();
    expect(text.slice(start, end)).toBe(quote);
  }
  return citations.length;
}
