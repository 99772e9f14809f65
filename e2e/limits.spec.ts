import { expect, type Page } from "@playwright/test";
import {
  answerIsDone,
  ask,
  continueAsGuest,
  isScripted,
  samplesAreReady,
  signInAsAdministrator,
  test,
} from "./session.ts";

async function openLimits(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Router" }).click();
  await page.getByRole("link", { name: "Limits", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Limits", level: 1 })).toBeVisible();
}

interface Subject {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

/** The signed-in administrator among those who may have limits. */
async function myself(page: Page): Promise<Subject> {
  const { subjects } = await (await page.request.get("/api/admin/limits")).json();
  const { userId } = await (await page.request.get("/api/profile")).json();
  const found = subjects.find(({ type, id }: Subject) => type === "user" && id === userId);
  expect(found, "the administrator is among the subjects").toBeDefined();
  return found;
}

/** Chooses "A limit of" or another way for one limit and, where it takes one, fills the number in. */
async function setLimit(
  page: Page,
  who: string,
  limit: string,
  choice: string,
  value?: string,
): Promise<void> {
  await page.getByRole("button", { name: `Change the limits of ${who}` }).click();
  const form = page.getByRole("form", { name: `Limits of ${who}` });
  await form.getByLabel(limit, { exact: true }).selectOption({ label: choice });
  if (value !== undefined) await form.getByLabel(`${limit}, limit`).fill(value);
  await form.getByRole("button", { name: "Save limits" }).click();
  await expect(form).toBeHidden();
}

test.describe.configure({ mode: "serial" });

test("an administrator sets a limit, sees usage against it, and goes back to the default", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openLimits(page);
  const { name } = await myself(page);
  const row = page.getByRole("list", { name: "Limits" }).getByRole("listitem", { name, exact: true });
  await setLimit(page, name, "Requests per minute", "A limit of", "500");
  await expect(page.getByText(`The limits of ${name} are changed.`)).toBeVisible();
  await expect(row.getByText("own limits")).toBeVisible();
  await expect(row.getByText(/^\d+ of 500$/)).toBeVisible();
  await setLimit(page, name, "Requests per minute", "As by default (no limit)");
  await expect(row.getByText("own limits")).toHaveCount(0);
});

test("a number that is none cannot be saved, and the form says why", async ({ page }) => {
  await signInAsAdministrator(page);
  await openLimits(page);
  const { name } = await myself(page);
  await page.getByRole("button", { name: `Change the limits of ${name}` }).click();
  const form = page.getByRole("form", { name: `Limits of ${name}` });
  await form.getByLabel("Budget per month", { exact: true }).selectOption({ label: "A limit of" });
  await form.getByLabel("Budget per month, limit").fill("12,50");
  await expect(form.getByText("Enter an amount such as 50 or 12.50.")).toBeVisible();
  await expect(form.getByRole("button", { name: "Save limits" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
});

test("a spent budget is said to the reader, and the question is answered once it is raised", async ({
  page,
}) => {
  test.skip(!isScripted, "the built-in model costs nothing");
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  const { id } = await myself(page);
  const path = `/api/admin/limits/user/${id}`;
  const headers = { origin: new URL(page.url()).origin };
  const spent = { limits: { monthlyBudgetMicros: 0 } };
  expect((await page.request.put(path, { data: spent, headers })).ok()).toBe(true);
  try {
    const answer = await ask(page, "Which files can I add?");
    await expect(answer.getByText(/budget/)).toBeVisible();
    await expect(page.getByRole("article", { name: "Question" })).toContainText("Which files can I add?");
    expect((await page.request.delete(path, { headers })).ok()).toBe(true);
    await answer.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("button", { name: /^Citation 1: / }).first()).toBeVisible();
    await answerIsDone(page);
  } finally {
    await page.request.delete(path, { headers });
  }
});

test("others see neither the page nor the limits, and set none", async ({ page }) => {
  await continueAsGuest(page);
  await page.goto("/router/limits");
  await expect(page.getByRole("heading", { name: "This page is for administrators" })).toBeVisible();
  expect((await page.request.get("/api/admin/limits")).status()).toBe(403);
  const headers = { origin: new URL(page.url()).origin };
  const answer = await page.request.put("/api/admin/limits/user/00000000-0000-7000-8000-000000000000", {
    data: { limits: {} },
    headers,
  });
  expect(answer.status()).toBe(403);
});
