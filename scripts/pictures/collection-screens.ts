import type { Page } from "playwright";
import { ask } from "../../e2e/session.ts";
import { CRANE_QUESTION, makePlantRecords, type PlantRecords } from "./plant-records.ts";
import type { Screen, TakePicture } from "./screen.ts";

/** The screens of one collection, and those of an answer from it. */
export const collectionScreens: Screen = async (page, picture) => {
  const records = await makePlantRecords(page);
  await documents(page, picture, records);
  await adding(page, picture);
  await searching(page, picture, records);
  await whatTheIndexSees(page, picture, records);
  await settingsAndAccess(page, picture, records);
  await answers(page, picture, records);
  await records.remove();
};

async function openDocuments(page: Page, { path }: PlantRecords): Promise<void> {
  await page.goto(path);
  await page.getByRole("table", { name: "Documents" }).waitFor();
}

async function documents(page: Page, picture: TakePicture, records: PlantRecords): Promise<void> {
  await openDocuments(page, records);
  await picture("13-collection");
  const checkboxes = page.getByRole("checkbox", { name: /^Select / });
  await checkboxes.nth(1).check();
  await checkboxes.nth(2).check();
  await picture("14-selected");
  await records.letWait();
  await openDocuments(page, records);
  await page.getByRole("button", { name: "Resume background work" }).waitFor();
  await picture("15-waiting");
  await page.getByRole("link", { name: "Hours and pause" }).click();
  await page.getByRole("radio", { name: "Only in these hours" }).check();
  await picture("15-background-work", { isWhole: true });
  await records.goOn();
  await openDocuments(page, records);
}

async function adding(page: Page, picture: TakePicture): Promise<void> {
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Add from the web" }).click();
  await dialog.getByLabel("Follow links within this site too").check();
  await picture("16-add-from-the-web");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Paste text" }).click();
  await dialog.getByLabel("Title").waitFor();
  await picture("17-paste-text");
  await page.keyboard.press("Escape");
}

async function searching(page: Page, picture: TakePicture, records: PlantRecords): Promise<void> {
  await openDocuments(page, records);
  await page
    .getByRole("searchbox", { name: "Search in these documents" })
    .fill('"harbour crane 7" greased by Larsen');
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("list", { name: "Passages" }).waitFor();
  await picture("18-search");
  await page.getByText("How this was found").click();
  await page.getByText("Figures").first().click();
  await picture("19-search-how-found", { isWhole: true });
}

async function whatTheIndexSees(page: Page, picture: TakePicture, records: PlantRecords): Promise<void> {
  await openDocuments(page, records);
  await page.getByRole("link", { name: /pump.report/i }).click();
  await page
    .getByRole("button", { name: /^Show Passage/ })
    .first()
    .click();
  await page.getByRole("img", { name: "Highlighted quote" }).first().waitFor();
  await picture("20-index", { isWhole: true });
  await openDocuments(page, records);
  await page.getByRole("link", { name: /cut.off/i }).click();
  await page.getByRole("heading", { name: "What the index sees" }).waitFor();
  await picture("21-index-failed");
}

async function settingsAndAccess(page: Page, picture: TakePicture, { path }: PlantRecords): Promise<void> {
  await page.goto(`${path}/settings`);
  await page.getByRole("button", { name: "Delete collection" }).waitFor();
  await picture("22-settings", { isWhole: true });
  await page.goto(`${path}/access`);
  const search = page.getByRole("searchbox", { name: "Add a person" });
  await search.fill("rosa");
  await page.getByRole("button", { name: /^Add Rosa/ }).click();
  await page.getByRole("list", { name: "People with access" }).getByText(/^Rosa/).waitFor();
  await search.fill("tomas");
  await page.getByRole("button", { name: /^Add Tomas/ }).waitFor();
  await picture("23-access", { isWhole: true });
}

async function answers(page: Page, picture: TakePicture, records: PlantRecords): Promise<void> {
  await page.goto("/");
  const answer = await ask(page, CRANE_QUESTION);
  await answer.getByText("How this was found").click();
  await picture("24-answer-how-found", { isWhole: true });
  await answer.getByRole("button", { name: "Edit the search" }).click();
  await picture("25-edit-the-search");
  await records.changeLog();
  await page.reload();
  await answer.getByRole("region", { name: "Outdated" }).waitFor();
  await picture("26-outdated");
}
