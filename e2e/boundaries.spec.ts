import { expect } from "@playwright/test";
import {
  answerIsDone,
  ask,
  continueAsGuest,
  samplesAreReady,
  signInAsAdministrator,
  test,
  unhurried,
} from "./session.ts";

test("a guest asks about the samples, sees no administration, and cannot read others' conversations", async ({
  page,
  browser,
}) => {
  await continueAsGuest(page);
  await samplesAreReady(page);
  await ask(page, "Which files can I add?");
  await expect(page.getByRole("link", { name: "Evaluation" })).toHaveCount(0);
  const path = new URL(page.url()).pathname;

  const other = await browser.newContext();
  const stranger = await other.newPage();
  await continueAsGuest(stranger);
  expect((await stranger.goto(path))?.status()).toBe(404);
  const answer = await stranger.request.get(`/api/conversations/${path.slice(3)}`);
  expect(answer.status()).toBe(404);
  await other.close();
});

test("a question that the documents do not answer is answered by saying so", async ({ page }) => {
  await continueAsGuest(page);
  await samplesAreReady(page);
  await ask(page, "What is the boiling point of tungsten hexafluoride?");
  await expect(page.getByRole("region", { name: "Nothing found" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Citation / })).toHaveCount(0);
});

test("an answer can be stopped, and what was shown stays", async ({ page }) => {
  await continueAsGuest(page);
  await samplesAreReady(page);
  await page
    .getByRole("textbox", { name: "Your question" })
    .fill(unhurried("How do I add documents and what are the limits?"));
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer.getByRole("paragraph").first()).toHaveText(/\w+/);
  await page.getByRole("button", { name: "Stop" }).click();
  await answerIsDone(page);
  await expect(answer).toContainText(/stopped/i);
  await page.reload();
  await expect(answer).toContainText(/stopped/i);
});

test("an edited question keeps the old one, and the branches can be switched", async ({ page }) => {
  await continueAsGuest(page);
  await samplesAreReady(page);
  await ask(page, "Which files can I add?");
  await page.getByRole("article", { name: "Question" }).hover();
  await page.getByRole("button", { name: "Edit question" }).click();
  await page.getByRole("textbox", { name: "Question", exact: true }).fill("How do I revoke a link?");
  await page
    .getByRole("form", { name: "Edit question" })
    .getByRole("button", { name: /Send|Ask/ })
    .click();
  await expect(page.getByRole("article", { name: "Question" })).toContainText("How do I revoke a link?");
  await answerIsDone(page);
  await page.getByRole("button", { name: "Previous question" }).click();
  await expect(page.getByRole("article", { name: "Question" })).toContainText("Which files can I add?");
});

test("wrong credentials are refused in words, and a signed-out reader sees no data", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/sign-in/);
  await page.getByLabel("E-mail").fill("administrator@example.org");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /wrong/ })).toBeVisible();
  for (const path of ["/api/conversations", "/api/collections", "/api/admin/runs", "/api/metrics"]) {
    const answer = await page.request.get(path);
    expect(answer.status()).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "not_signed_in" } });
  }
});

test("every page carries a policy with a fresh nonce, and nothing is loaded from elsewhere", async ({
  page,
}) => {
  const hosts = new Set<string>();
  page.on("request", (request) =>
    hosts.add(new URL(request.url()).protocol === "blob:" ? "blob" : new URL(request.url()).host),
  );
  const nonces = new Set<string>();
  for (let visit = 0; visit < 2; visit += 1) {
    const answer = await page.goto("/sign-in");
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    nonces.add(/'nonce-([^']+)'/.exec(policy)?.[1] ?? "");
  }
  expect(nonces.size).toBe(2);
  await signInAsAdministrator(page);
  expect([...hosts].filter((host) => host !== new URL(page.url()).host && host !== "blob")).toEqual([]);
});
