import { expect, type Page } from "@playwright/test";
import { isScripted, samplesAreReady, signInAsAdministrator, test } from "./session.ts";

/** Makes a collection through the screen and opens it. */
async function openNewCollection(page: Page, name: string): Promise<void> {
  await page.goto("/collections");
  await page.getByRole("button", { name: "New collection" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create collection" }).click();
  await page.getByRole("link", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(name) })).toBeVisible();
}

async function pasteText(page: Page, title: string, text: string): Promise<void> {
  await page.getByRole("button", { name: "Paste text" }).click();
  const dialog = page.getByRole("dialog", { name: "Paste text" });
  await dialog.getByLabel("Title").fill(title);
  await dialog.getByLabel("Text", { exact: true }).fill(text);
  await dialog.getByRole("button", { name: "Add document" }).click();
  await expect(dialog).toBeHidden();
}

function rowOf(page: Page, title: string) {
  return page.getByRole("table", { name: "Documents" }).getByRole("row").filter({ hasText: title });
}

async function openSamples(page: Page): Promise<void> {
  await page.goto("/collections");
  await page.getByRole("link", { name: /Ostermoor/ }).click();
  await expect(page.getByRole("table", { name: "Documents" })).toBeVisible();
}

const LOG = `# Pump log

## North hall

The Zanzibarine pump was replaced on 3 May 2026. Nobody objected to the costs.

## South hall

The valve of the second boiler leaks a little every winter.`;

test("text is pasted, found with its words marked, and shown as the index sees it", async ({ page }) => {
  await signInAsAdministrator(page);
  await openNewCollection(page, "Pump logs");
  await expect(page.getByText("No documents yet.")).toBeVisible();
  await pasteText(page, "Hall log", LOG);
  await expect(rowOf(page, "Hall log")).toContainText("Ready");
  await expect(rowOf(page, "Hall log")).toContainText("Pasted text");

  await page.getByRole("searchbox", { name: "Search in these documents" }).fill("zanzibarine pumps");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const results = page.getByRole("region", { name: "Search results" });
  await expect(results.locator("mark").filter({ hasText: "Zanzibarine pump" }).first()).toBeVisible();
  await results.getByText("How this was found").click();
  await expect(results.getByRole("region", { name: "How this was found" })).toContainText(
    "zanzibarine pumps",
  );

  await results.getByRole("link", { name: "Hall log" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Hall log" })).toBeVisible();
  const passages = page.getByRole("list", { name: "Passages of the page" }).getByRole("listitem");
  const passage = passages.filter({ hasText: "Zanzibarine" });
  await expect(passage).toHaveAttribute("aria-current", "true");
  await passage.getByText(/^Found by/).click();
  await expect(passage).toContainText("zanzibarin");
});

test("files that cannot be read say why, and several are deleted at once", async ({ page }) => {
  await signInAsAdministrator(page);
  await openNewCollection(page, "Broken files");
  const broken = (name: string) => ({
    name,
    mimeType: "application/pdf",
    buffer: Buffer.from(`%PDF-1.4\n${name} is cut off`),
  });
  await page
    .getByLabel("Choose files to add")
    .first()
    .setInputFiles([broken("one.pdf"), broken("two.pdf")]);
  for (const name of ["one.pdf", "two.pdf"]) {
    await expect(rowOf(page, name).first()).toContainText("Failed", { timeout: 60_000 });
    await expect(rowOf(page, name).first()).toContainText(/damaged|read/);
  }
  await pasteText(page, "Good note", "The gate is painted green every spring.");
  await expect(rowOf(page, "Good note")).toContainText("Ready");

  await page.getByRole("combobox", { name: "Filter by state" }).selectOption("failed");
  await expect(rowOf(page, "Good note")).toBeHidden();
  await page.getByRole("checkbox", { name: "Select all documents on this page" }).check();
  const selection = page.getByRole("region", { name: "Selected documents" });
  await expect(selection).toContainText("2 documents selected");
  await selection.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete 2 documents" }).click();
  await expect(page.getByText("No document fits this filter.")).toBeVisible();
  await page.getByRole("button", { name: "Show all" }).click();
  await expect(rowOf(page, "Good note")).toBeVisible();
});

test("the list is sorted and narrowed, by mouse and by keyboard", async ({ page }) => {
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  await openSamples(page);
  const titles = async () =>
    page.getByRole("table", { name: "Documents" }).getByRole("row").getByRole("link").allTextContents();
  await page.getByRole("button", { name: "Title" }).focus();
  await page.keyboard.press("Enter");
  const heading = page.getByRole("columnheader", { name: "Title" });
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(async () => isSorted(await titles())).toBe(true);
  await page.getByRole("searchbox", { name: "Filter by title, file name or address" }).fill("invoice");
  await expect(page.getByRole("table", { name: "Documents" }).getByRole("row")).toHaveCount(2);
  await expect(rowOf(page, "nvoice")).toBeVisible();
});

function isSorted(titles: readonly string[]): boolean {
  const folded = titles.map((title) => title.toLowerCase());
  return (
    titles.length > 3 && folded.every((title, index) => index === 0 || (folded[index - 1] ?? "") <= title)
  );
}

test("a printed page stands beside its passages, with boxes over the chosen one", async ({ page }) => {
  await signInAsAdministrator(page);
  await samplesAreReady(page);
  await openSamples(page);
  await rowOf(page, ".pdf").first().getByRole("link").click();
  const passages = page.getByRole("list", { name: "Passages of the page" });
  await expect(passages.getByRole("listitem").first()).toBeVisible();
  const show = passages.getByRole("button", { name: /^Show Passage \d+ on the page$/ }).first();
  await show.click();
  await expect(show).toHaveAttribute("aria-pressed", "true");
  const drawing = page.getByRole("region", { name: "The page as printed" });
  await expect(drawing.getByRole("img", { name: "Highlighted quote" }).first()).toBeVisible();
});

test("a chat model's sentences about passages are offered where there is one, and shown as its own", async ({
  page,
}) => {
  await signInAsAdministrator(page);
  await openNewCollection(page, "Told apart");
  await page.getByRole("navigation", { name: "Collection" }).getByRole("link", { name: "Settings" }).click();
  const form = page.getByRole("form", { name: "A sentence about each passage" });
  if (!isScripted) {
    await expect(page.getByText("None is configured here: the built-in model only quotes.")).toBeVisible();
    await expect(form).toHaveCount(0);
    return;
  }
  await form.getByLabel("Sentences").selectOption({ label: "By scripted-chat" });
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("status")).toHaveText(/^Saved\. Read all documents again/);
  await page.reload();
  await expect(form.getByLabel("Sentences")).toHaveValue("model");
  await page.getByRole("navigation", { name: "Collection" }).getByRole("link", { name: "Documents" }).click();
  await pasteText(page, "Pump log", LOG);
  await expect(rowOf(page, "Pump log")).toContainText("Ready");
  await rowOf(page, "Pump log").getByRole("link").click();
  const note = page.getByRole("complementary", { name: "Written by a model about Passage 1" });
  await expect(note).toContainText("not part of the document");
  await expect(note).toContainText("From the scripted archive: Pump log");
  await expect(page.getByText("With a sentence by a model")).toBeVisible();
});

test("settings are kept, and all documents are read again with them", async ({ page }) => {
  await signInAsAdministrator(page);
  await openNewCollection(page, "Settled");
  await pasteText(
    page,
    "Long note",
    Array.from({ length: 60 }, (_, n) => `Sentence ${n} tells of hall ${n}.`).join(" "),
  );
  await expect(rowOf(page, "Long note")).toContainText("Ready");
  await page.getByRole("navigation", { name: "Collection" }).getByRole("link", { name: "Settings" }).click();
  const passages = page.getByRole("form", { name: "Passages" });
  await passages.getByLabel("Words of a passage").fill("40");
  await passages.getByRole("button", { name: "Save" }).click();
  await expect(passages.getByRole("status")).toHaveText("Saved.");
  await page.getByRole("button", { name: "Read all documents again" }).click();
  await expect(page.getByText("1 document is being read again.")).toBeVisible();
  await page.reload();
  await expect(passages.getByLabel("Words of a passage")).toHaveValue("40");
  await page.getByRole("navigation", { name: "Collection" }).getByRole("link", { name: "Documents" }).click();
  await rowOf(page, "Long note").getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "Long note" })).toBeVisible();
  const cut = page.getByRole("list", { name: "Passages of the page" }).getByRole("listitem");
  await expect
    .poll(async () => {
      await page.reload();
      await cut.first().waitFor();
      return cut.count();
    })
    .toBeGreaterThan(4);
});
