import { readFileSync, writeFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { configFile } from "./scripted-models.ts";
import { continueAsGuest, isScripted, samplesAreReady, signInAsAdministrator, test } from "./session.ts";

/** Opens the page by its link, as a person would. */
async function openRouter(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Router" }).click();
  await expect(page.getByRole("heading", { name: "Router", level: 1 })).toBeVisible();
}

/** Asks a model without a screen, with the session of the page. */
async function askModel(page: Page, model: string, idempotencyKey: string): Promise<void> {
  const answer = await page.request.post("/api/chat", {
    data: { idempotencyKey, message: { type: "text", text: "Which files can I add?" }, options: { model } },
    headers: { origin: new URL(page.url()).origin },
  });
  expect(answer.status()).toBe(200);
  await answer.body();
}

test("an administrator sees every model, where it is served and with which configuration", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openRouter(page);
  const { models, upstreams } = await (await page.request.get("/api/admin/router")).json();
  expect(models.length).toBeGreaterThan(0);
  for (const { name } of models) {
    await expect(page.getByRole("table", { name: `Places of ${name}` })).toBeVisible();
  }
  const table = page.getByRole("table", { name: "Upstreams" });
  for (const { name } of upstreams) {
    await expect(table.getByRole("row", { name: new RegExp(`^${name}`) })).toBeVisible();
  }
  await page.getByText("Show it as written").click();
  await expect(page.getByRole("region", { name: "Configuration as written" })).toBeVisible();
});

test("others see neither the link, nor the page, nor the state", async ({ page }) => {
  await continueAsGuest(page);
  await expect(page.getByRole("link", { name: "Router" })).toHaveCount(0);
  await page.goto("/router");
  await expect(page.getByRole("heading", { name: "This page is for administrators" })).toBeVisible();
  expect((await page.request.get("/api/admin/router")).status()).toBe(403);
});

test("a place that fails shows so by itself, in words, on a page that stays open", async ({ page }) => {
  test.skip(!isScripted, "the models are scripted");
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  await openRouter(page);
  const away = page.getByRole("table", { name: "Places of away" });
  await expect(away).toBeVisible();
  await askModel(page, "away", "asked while the page is open");
  await expect(away.getByText("Last failure: could not be reached")).toBeVisible();
});

test("a wrong change of the configuration is shown and changes nothing; a right one ends the warning", async ({
  page,
}) => {
  test.skip(!isScripted, "the built-in configuration has no file");
  await signInAsAdministrator(page);
  await openRouter(page);
  const right = readFileSync(configFile(), "utf8");
  try {
    writeFileSync(configFile(), right.replace("kind: openai", "kind: oracle"));
    const alert = page.getByRole("alert").filter({ hasText: "not in force" });
    await expect(alert).toContainText("kind");
    await expect(page.getByRole("table", { name: "Places of scripted-chat" })).toBeVisible();
  } finally {
    writeFileSync(configFile(), right);
  }
  await expect(page.getByRole("alert").filter({ hasText: "not in force" })).toHaveCount(0);
});

test("a page out of sight asks nothing, and asks at once when it is seen again", async ({ page }) => {
  await page.clock.install();
  await signInAsAdministrator(page);
  await openRouter(page);
  let asked = 0;
  await page.route("**/api/admin/router", (route) => {
    asked += 1;
    return route.continue();
  });
  await expect.poll(() => asked).toBeGreaterThan(0);
  const show = (state: "hidden" | "visible") =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await show("hidden");
  // What was due comes due: a question under way, or the next one, which sees that nobody looks.
  await page.clock.fastForward(10_000);
  await page.waitForLoadState("networkidle");
  const before = asked;
  await page.clock.fastForward(60_000);
  expect(asked).toBe(before);
  await show("visible");
  await expect.poll(() => asked).toBeGreaterThan(before);
});
