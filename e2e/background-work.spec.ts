import { expect, type Page } from "@playwright/test";
import { createPerson } from "./data-folder.ts";
import { signInAsAdministrator, test } from "./session.ts";

async function openBackgroundWork(page: Page): Promise<void> {
  await page.goto("/collections");
  await page.getByRole("link", { name: "Background work" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Background work" })).toBeVisible();
}

const now = (page: Page) => page.getByRole("region", { name: "Now" });

/** Two days from now, by the clocks of UTC: never today, whenever the test runs. */
function dayAfterTomorrow(): string {
  const date = new Date(Date.now() + 2 * 24 * 60 * 60_000);
  return date.toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" });
}

test.describe.configure({ mode: "serial" });

test("an administrator gives background work its hours by keyboard, sees when it starts next, and takes them back", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openBackgroundWork(page);
  await expect(now(page)).toContainText("Running");
  const form = page.getByRole("form", { name: "Hours" });
  await form.getByRole("radio", { name: "At any hour" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(form.getByRole("radio", { name: "Only in these hours" })).toBeChecked();
  for (const name of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) {
    const day = form.getByRole("checkbox", { name });
    await day.focus();
    await page.keyboard.press("Space");
    await expect(day).not.toBeChecked();
  }
  await expect(form.getByText("Choose at least one day.")).toBeVisible();
  await expect(form.getByRole("button", { name: "Save hours" })).toBeDisabled();
  const day = dayAfterTomorrow();
  await form.getByRole("checkbox", { name: day }).check();
  await form.getByLabel("From").fill("01:30");
  await form.getByLabel("To", { exact: true }).fill("05:00");
  await form.getByLabel("Time zone").selectOption("UTC");
  await form.getByRole("button", { name: "Save hours" }).click();
  await expect(form.getByText("Saved.")).toBeVisible();
  await expect(now(page)).toContainText("Resting");
  await expect(now(page).getByRole("time")).toContainText(day);
  await expect(now(page).getByRole("time")).toContainText("01:30 (UTC)");
  await page.reload();
  await expect(form.getByLabel("From")).toHaveValue("01:30");
  await form.getByRole("radio", { name: "At any hour" }).check();
  await form.getByRole("button", { name: "Save hours" }).click();
  await expect(now(page)).toContainText("Running");
});

test("what waits is counted while background work is paused, and goes on once it is resumed", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  const headers = { origin: new URL(page.url()).origin };
  const made = await page.request.post("/api/collections", {
    headers,
    data: { name: "Read again", visibility: "private" },
  });
  const { id } = await made.json();
  await page.request.post(`/api/collections/${id}/documents`, {
    headers,
    data: { title: "Minutes", text: "The merger was approved." },
  });
  await expect
    .poll(async () => (await (await page.request.get(`/api/collections/${id}/status`)).json()).counts.ready)
    .toBe(1);
  await openBackgroundWork(page);
  await page.getByRole("button", { name: "Pause background work" }).click();
  await expect(now(page)).toContainText("Paused");
  await page.request.post(`/api/collections/${id}/reread`, { headers, data: { which: "all" } });
  await page.goto(`/collections/${id}`);
  await page.getByRole("link", { name: "Hours and pause" }).click();
  await expect(now(page)).toContainText("1 document");
  await page.getByRole("button", { name: "Resume background work" }).click();
  await expect(now(page)).toContainText("Running");
  await expect(now(page)).toContainText("No documents", { timeout: 30_000 });
});

test("a member sees how it stands and changes nothing", async ({ page }) => {
  const person = createPerson("Milo Sand", "member");
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("textbox", { name: "Your question" })).toBeVisible();
  await page.goto("/collections");
  await expect(page.getByRole("button", { name: "New collection" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Background work" })).toHaveCount(0);
  await page.goto("/collections/background");
  await expect(now(page)).toContainText("Running");
  await expect(page.getByText("Editors and administrators pause background work")).toBeVisible();
  await expect(page.getByRole("button", { name: /background work|Save/ })).toHaveCount(0);
  await expect(now(page)).not.toContainText("Waiting");
});

test("the screen fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await signInAsAdministrator(page);
  await openBackgroundWork(page);
  await page.getByRole("radio", { name: "Only in these hours" }).check();
  await expect(page.getByLabel("Time zone")).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(360);
});
