import { expect, type Page } from "@playwright/test";
import {
  answerIsDone,
  ask,
  conversationIdOf,
  quotesAreExact,
  samplesAreReady,
  signInAsAdministrator,
  storedCitations,
  test,
  unhurried,
} from "./session.ts";
import { uploadFile } from "./upload-file.ts";

/** Waits until the run on the screen has measured every question. */
async function runIsComplete(page: Page): Promise<void> {
  const id = page.url().split("/").at(-1);
  const state = async () => (await (await page.request.get(`/api/admin/runs/${id}`)).json()).run.state;
  await expect.poll(state, { timeout: 120_000, message: "the run is complete" }).toBe("complete");
}

test.describe.configure({ mode: "serial" });

test("an administrator asks about the samples and opens the words behind a citation", async ({ page }) => {
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  const suggestions = page.getByRole("list", { name: "Suggested questions" }).getByRole("button");
  await expect(suggestions).toHaveCount(3);
  await suggestions.first().click();
  await expect(page).toHaveURL(/\/c\//);
  await answerIsDone(page);

  const citation = page.getByRole("button", { name: /^Citation 1: / }).first();
  await expect(citation).toBeVisible();
  expect(await quotesAreExact(page)).toBeGreaterThan(0);

  await citation.click();
  const source = page.getByRole("complementary", { name: "Source" });
  const [first] = await storedCitations(page);
  const words = (text: string | null) => (text ?? "").replaceAll(/\s+/g, " ").trim();
  await expect
    .poll(async () => words(await source.getByRole("region", { name: "Quote" }).textContent()))
    .toBe(words(first?.quote ?? "nothing"));
  await expect(
    source
      .locator("mark")
      .or(source.getByRole("img", { name: "Highlighted quote" }))
      .first(),
  ).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(source).toBeHidden();
  await expect(citation).toBeFocused();
});

test("a PDF dropped in is indexed, asked about and shown with the quote highlighted on its page", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  const file = await uploadFile();
  const uploads = page.getByRole("list", { name: "Uploads" });
  // The page takes files once its script runs, which is later than its first sight; the same file twice is one document.
  await expect(async () => {
    await page
      .getByLabel("Choose files to add")
      .setInputFiles({ name: file.name, mimeType: "application/pdf", buffer: file.buffer });
    await expect(uploads).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await expect(uploads.getByText("Ready to be asked about").first()).toBeVisible({ timeout: 60_000 });

  const answer = await ask(page, file.question);
  await expect(answer).toContainText(file.expected);
  expect(await quotesAreExact(page)).toBeGreaterThan(0);
  await answer
    .getByRole("button", { name: /^Citation 1: / })
    .first()
    .click();
  const source = page.getByRole("complementary", { name: "Source" });
  await expect(source.getByText(/^Page \d+ of \d+$/)).toBeVisible();
  await expect(source.getByRole("img", { name: "Highlighted quote" }).first()).toBeVisible();
});

test("a reload in the middle of an answer loses nothing", async ({ page }) => {
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  await page
    .getByRole("textbox", { name: "Your question" })
    .fill(unhurried("How can I share a conversation?"));
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer).toHaveAttribute("aria-busy", "true");
  await expect(answer.getByRole("paragraph").first()).toHaveText(/\w+ \w+/);
  const before = (await answer.getByRole("paragraph").first().textContent()) ?? "";
  await page.reload();
  await answerIsDone(page);
  await expect(answer).toContainText(before.trim().split(" ").slice(0, 2).join(" "));
  const { messages } = await (await page.request.get(`/api/conversations/${conversationIdOf(page)}`)).json();
  expect(messages).toHaveLength(2);
  const state = messages[1].parts.find((part: { type: string }) => part.type === "data-generation");
  expect(state.data.state).toBe("complete");
  await expect(answer.getByRole("button", { name: /^Citation 1: / }).first()).toBeVisible();
});

test("a shared link is read signed out, and is gone once revoked", async ({ page, browser }) => {
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  await ask(page, "Which files can I add?");
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this conversation" });
  await dialog.getByRole("button", { name: "Create link" }).click();
  const url = await dialog.getByLabel("Link", { exact: true }).inputValue();

  const stranger = await browser.newContext();
  const shared = await stranger.newPage();
  const answer = await shared.goto(url);
  expect(answer?.headers()["x-robots-tag"]).toContain("noindex");
  expect(answer?.headers()["cache-control"]).toContain("no-store");
  await expect(shared.getByRole("article", { name: "Question" })).toContainText("Which files can I add?");
  const [citation] = await storedCitations(page);
  await expect(shared.getByRole("region", { name: "Sources" })).toContainText(
    (citation?.quote ?? "nothing").split("\n")[0]?.slice(0, 40) ?? "",
  );

  await dialog.getByRole("button", { name: /^Revoke/ }).click();
  await expect.poll(async () => (await shared.goto(url))?.status()).toBe(404);
  await stranger.close();
});

test("the sample dataset is measured, beside the run before, and a changed setting shows", async ({
  page,
}) => {
  test.setTimeout(360_000);
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  const measure = async (mode: string) => {
    await page.goto("/evaluation");
    const form = page.getByRole("form", { name: "New run" });
    await form.getByLabel("Search mode").selectOption(mode);
    await form.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page).toHaveURL(/\/evaluation\/runs\//);
    await runIsComplete(page);
    await page.reload();
    const totals = page.getByRole("table", { name: "Totals" });
    await expect(totals).toBeVisible();
    for (const measureName of [/Recall/, /nDCG/, /Citation validity/i]) {
      await expect(totals.getByRole("row", { name: measureName }).first()).toBeVisible();
    }
    return totals;
  };
  const first = await measure("hybrid");
  await expect(first.getByRole("row", { name: /Citation validity/i })).toContainText("1.00");
  const second = await measure("hybrid");
  await expect(second.getByRole("row", { name: /Recall/ }).first()).toContainText(/no difference/i);
  const third = await measure("semantic");
  await expect(third.getByText(/better|worse/i).first()).toBeVisible();
  await expect(page.getByRole("table", { name: "Questions" }).getByRole("row").nth(5)).toBeVisible();
});
