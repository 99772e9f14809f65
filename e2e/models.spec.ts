import { expect, type Page } from "@playwright/test";
import { BUSY_SECONDS, SCRIPTED } from "./scripted-models.ts";
import {
  answerIsDone,
  ask,
  continueAsGuest,
  conversationIdOf,
  isScripted,
  samplesAreReady,
  test,
} from "./session.ts";

const QUESTION = "Which files can I add?";

const picker = (page: Page) => page.getByRole("button", { name: /^Model: / });

async function choose(page: Page, label: string): Promise<void> {
  await picker(page).click();
  await page.getByRole("menuitemradio", { name: label }).click();
  await expect(picker(page)).toHaveText(`Model: ${label}`);
}

interface StoredPart {
  readonly type: string;
  readonly text?: string;
  readonly data?: { readonly model?: string; readonly costMicros?: number | null };
}

async function storedParts(page: Page): Promise<StoredPart[]> {
  const { messages } = await (await page.request.get(`/api/conversations/${conversationIdOf(page)}`)).json();
  return messages.at(-1).parts;
}

test("where there is one model, nothing asks for a choice", async ({ page }) => {
  test.skip(isScripted, "the built-in configuration has one model");
  await continueAsGuest(page);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible();
  await expect(picker(page)).toHaveCount(0);
});

test.describe("with several models", () => {
  test.skip(!isScripted, "the models are scripted");

  test.beforeEach(async ({ page }) => {
    await continueAsGuest(page);
    await samplesAreReady(page);
  });

  test("the chosen model answers, is remembered after a reload, and says what it cost", async ({ page }) => {
    await expect(picker(page)).toHaveText(`Model: ${SCRIPTED.answering}`);
    const answer = await ask(page, QUESTION);
    await answer.getByText("How this was found").click();
    await expect(answer.getByText(/scripted-chat.*tokens, cost 0\.\d{4}$/)).toBeVisible();

    await choose(page, SCRIPTED.thinking);
    await page.reload();
    await expect(picker(page)).toHaveText(`Model: ${SCRIPTED.thinking}`);
    await ask(page, QUESTION);
    const usage = (await storedParts(page)).find(({ type }) => type === "data-usage");
    expect(usage?.data).toMatchObject({ model: "thinking", costMicros: null });
    const second = page.getByRole("article", { name: "Answer" }).last();
    await second.getByText("How this was found").click();
    await expect(second.getByText(/^thinking.*cost unknown$/)).toBeVisible();
  });

  test("a model the server does not have is refused", async ({ page }) => {
    const answer = await page.request.post("/api/chat", {
      data: {
        idempotencyKey: "an unknown model",
        message: { type: "text", text: QUESTION },
        options: { model: "vouch-embed-1" },
      },
      headers: { origin: new URL(page.url()).origin },
    });
    expect(answer.status()).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: "model_unknown" } });
  });

  test("thoughts stand folded above the answer, open by keyboard, and are there after a reload", async ({
    page,
  }) => {
    await choose(page, SCRIPTED.thinking);
    await page.getByRole("textbox", { name: "Your question" }).fill(`${QUESTION} Take your time.`);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const answer = page.getByRole("article", { name: "Answer" }).last();
    await answerIsDone(page);
    const summary = answer.getByText(/^Thought for /);
    const thoughts = answer.getByRole("region", { name: "Thoughts of the model" });
    await expect(thoughts).toBeHidden();
    await summary.focus();
    await page.keyboard.press("Enter");
    await expect(thoughts).toContainText("Let me think.");
    await expect(answer.getByRole("button", { name: /^Citation 1: / }).first()).toBeVisible();

    await page.reload();
    await expect(answer.getByText(/^Thought for /)).toBeVisible();
    const parts = await storedParts(page);
    expect(parts.find(({ type }) => type === "reasoning")?.text).toBe("Let me think.");
    expect(parts.find(({ type }) => type === "text")?.text).not.toContain("Let me think");
  });

  test("thoughts are not shown behind a shared link", async ({ page }) => {
    await choose(page, SCRIPTED.thinking);
    const answer = await ask(page, QUESTION);
    await expect(answer.getByText(/^Thought for /)).toBeVisible();
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog", { name: "Share this conversation" });
    await dialog.getByRole("button", { name: "Create link" }).click();
    await page.goto(await dialog.getByLabel("Link", { exact: true }).inputValue());
    await expect(page.getByRole("article", { name: "Answer" })).toContainText(/\w+/);
    expect(await page.content()).not.toContain("Let me think");
  });

  test("an answer that is cut off keeps what arrived and can be asked for again", async ({ page }) => {
    await choose(page, SCRIPTED.cut);
    const answer = await ask(page, QUESTION);
    await expect(answer.getByRole("paragraph").first()).toHaveText(/\w+ \w+/);
    await expect(
      answer.getByText("The answer broke off before its end. What arrived is kept."),
    ).toBeVisible();
    await choose(page, SCRIPTED.answering);
    await answer.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: /^Citation 1: / }).first()).toBeVisible();
    await answerIsDone(page);
    await page.getByRole("button", { name: "Previous answer" }).click();
    await expect(
      answer.getByText("The answer broke off before its end. What arrived is kept."),
    ).toBeVisible();
  });

  test("a model that is asked too often says when to try again, also after a reload", async ({ page }) => {
    await choose(page, SCRIPTED.busy);
    const answer = await ask(page, QUESTION);
    await expect(answer.getByText("Too many requests. Wait a moment and try again.")).toBeVisible();
    const retry = answer.getByRole("button", { name: /^Try again in \d+ s$/ });
    await expect(retry).toBeDisabled();
    const seconds = Number(/\d+/.exec((await retry.textContent()) ?? "")?.[0]);
    expect(seconds).toBeLessThanOrEqual(BUSY_SECONDS);
    await page.reload();
    await expect(retry).toBeDisabled();
    await expect(page.getByRole("article", { name: "Question" })).toContainText(QUESTION);
  });

  test("a model that is away leaves the question, and another model answers it", async ({ page }) => {
    await choose(page, SCRIPTED.away);
    const answer = await ask(page, QUESTION);
    await expect(answer.getByText(/The model cannot be reached at the moment/)).toBeVisible();
    await choose(page, SCRIPTED.answering);
    await answer.getByRole("button", { name: /^Try again/ }).click();
    await expect(page.getByRole("button", { name: /^Citation 1: / }).first()).toBeVisible();
  });
});
