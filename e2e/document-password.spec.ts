import { expect, type Page } from "@playwright/test";
import { protectedPdf } from "../lib/knowledge/parse/pdf/test-protected-pdf.ts";
import { ask, signInAsAdministrator, test } from "./session.ts";

const PASSWORD = "open sesame";

/** A collection with a protected PDF that has just been refused; the page shows its list. */
async function openRefused(page: Page, name: string): Promise<void> {
  const headers = { origin: new URL(page.url()).origin };
  const made = await page.request.post("/api/collections", {
    headers,
    data: { name, visibility: "private" },
  });
  const { id } = await made.json();
  const text = `${name}: the wombatian treaty was signed in Oslo on 7 June 2026.`;
  const buffer = Buffer.from(protectedPdf([text], { user: PASSWORD }));
  await page.request.post(`/api/collections/${id}/documents`, {
    headers,
    multipart: { file: { name: "treaty.pdf", mimeType: "application/pdf", buffer } },
  });
  await page.goto(`/collections/${id}`);
  await expect(row(page)).toContainText("The file is protected by a password.");
}

const row = (page: Page) =>
  page.getByRole("table", { name: "Documents" }).getByRole("row").filter({ hasText: "treaty" });

async function enter(page: Page, password: string): Promise<void> {
  await page.getByRole("button", { name: /^Enter password of/ }).click();
  const form = page.getByRole("dialog").getByRole("form", { name: "Password" });
  await form.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await expect(form).toBeHidden();
}

test("a protected PDF asks for its password in the list, says when it is wrong, and is read with the right one", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openRefused(page, "Treaties");
  await enter(page, "open barley");
  await expect(row(page)).toContainText("The password does not open the file. Enter it again.");
  await enter(page, PASSWORD);
  await expect(row(page)).toContainText("Ready");
  await expect(page.getByRole("button", { name: /^Enter password/ })).toHaveCount(0);
});

test("the printed page of a protected PDF stays locked until its password is entered, its text does not", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openRefused(page, "Sealed treaties");
  await row(page).getByRole("link", { name: "treaty" }).click();
  await enter(page, PASSWORD);
  const lock = page.getByRole("form", { name: "Password of the file" });
  await expect(lock).toContainText("The printed page is locked");
  await expect(page.getByText("wombatian treaty").first()).toBeVisible();
  await lock.getByLabel("Password").fill("open barley");
  await lock.getByRole("button", { name: "Show printed page" }).click();
  await expect(lock).toContainText("This password does not open the file.");
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await lock.getByLabel("Password").fill(PASSWORD);
  await lock.getByRole("button", { name: "Show printed page" }).click();
  await expect(page.getByRole("img", { name: "Page 1" })).toBeVisible();
  await expect(lock).toHaveCount(0);
  expect(sent.filter((line) => line.includes("sesame"))).toEqual([]);
});

test("an answer's source from a protected PDF shows the words, and the page behind the lock", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openRefused(page, "Treaties of Oslo");
  await enter(page, PASSWORD);
  await expect(row(page)).toContainText("Ready");
  await page.goto("/");
  await ask(page, "Where was the wombatian treaty signed?");
  await page
    .getByRole("button", { name: /^Citation 1: / })
    .last()
    .click();
  const panel = page.getByRole("complementary", { name: "Source" });
  const lock = panel.getByRole("form", { name: "Password of the file" });
  await expect(lock).toBeVisible();
  await expect(panel.locator("mark").filter({ hasText: "wombatian treaty" }).first()).toBeVisible();
  await lock.getByLabel("Password").fill(PASSWORD);
  await lock.getByRole("button", { name: "Show printed page" }).click();
  await expect(panel.getByRole("img", { name: "Highlighted quote" }).first()).toBeVisible();
});
