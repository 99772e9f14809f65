import { expect, type Page } from "@playwright/test";
import { createPerson, type Person } from "./data-folder.ts";
import { signInAsAdministrator, test } from "./session.ts";

async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("textbox", { name: "Your question" })).toBeVisible();
}

/** A private collection with one document; the address of its page. */
async function makeCollection(page: Page): Promise<string> {
  const headers = { origin: new URL(page.url()).origin };
  const made = await page.request.post("/api/collections", {
    headers,
    data: { name: "Board papers", visibility: "private" },
  });
  const { id } = await made.json();
  const text = "The quokkavian merger was approved on 3 May 2026.";
  await page.request.post(`/api/collections/${id}/documents`, { headers, data: { title: "Minutes", text } });
  await page.goto(`/collections/${id}`);
  await expect(
    page.getByRole("table", { name: "Documents" }).getByRole("row").filter({ hasText: "Minutes" }),
  ).toContainText("Ready");
  return `/collections/${id}`;
}

async function searchHere(page: Page): Promise<void> {
  await page.getByRole("searchbox", { name: "Search in these documents" }).fill("quokkavian merger");
  await page.getByRole("button", { name: "Search", exact: true }).click();
}

test("a person is added by name, reads, and is refused everywhere from the moment they are removed", async ({
  page,
  browser,
}) => {
  const person = createPerson("Rosa Lindqvist", "member");
  await signInAsAdministrator(page);
  const path = await makeCollection(page);

  const theirContext = await browser.newContext();
  const theirs = await theirContext.newPage();
  await signIn(theirs, person);
  await theirs.goto(path);
  await expect(theirs.getByText("There is nothing here, or it is not yours to see.").first()).toBeVisible();

  await page.getByRole("navigation", { name: "Collection" }).getByRole("link", { name: "Access" }).click();
  await page.getByRole("searchbox", { name: "Add a person" }).fill("lindq");
  await page.getByRole("button", { name: `Add ${person.name}, ${person.email}` }).click();
  const people = page.getByRole("list", { name: "People with access" });
  await expect(people).toContainText(person.name);
  await expect(page.getByRole("list", { name: "Changes" })).toContainText(`${person.name} may read`);

  await theirs.goto(path);
  await searchHere(theirs);
  const results = theirs.getByRole("region", { name: "Search results" });
  await expect(results.locator("mark").filter({ hasText: "quokkavian merger" }).first()).toBeVisible();
  // Readers neither add nor change anything.
  await expect(theirs.getByRole("button", { name: "Upload files" })).toHaveCount(0);
  await expect(theirs.getByRole("link", { name: "Access" })).toHaveCount(0);

  await people.getByRole("button", { name: `Remove ${person.name}` }).click();
  await expect(people).not.toContainText(person.name);

  // Their very next search finds nothing of it, and what the open page shows of before goes away with the next look.
  const search = await theirs.request.post("/api/search", {
    headers: { origin: new URL(theirs.url()).origin },
    data: { query: "quokkavian merger" },
  });
  // What everybody may read (the manual) may still be found; of the collection they lost, nothing.
  const { results: found } = (await search.json()) as {
    results: { title: string; text: string; collectionId: string }[];
  };
  const collectionId = path.split("/").at(-1);
  expect(found.filter((result) => result.collectionId === collectionId)).toEqual([]);
  expect(found.filter((result) => result.text.includes("quokkavian"))).toEqual([]);
  await theirs.reload();
  await expect(theirs.getByText("There is nothing here, or it is not yours to see.").first()).toBeVisible();
  await theirContext.close();
});

test("a level that is changed acts on the person's open page", async ({ page, browser }) => {
  const person = createPerson("Tomas Varga", "member");
  await signInAsAdministrator(page);
  const path = await makeCollection(page);
  await page.goto(`${path}/access`);
  await page.getByRole("searchbox", { name: "Add a person" }).fill(person.email);
  await page.getByRole("combobox", { name: "Level" }).selectOption("manage");
  await page.getByRole("button", { name: `Add ${person.name}, ${person.email}` }).click();
  const level = page.getByRole("combobox", { name: `What ${person.name} may do` });
  await expect(level).toHaveValue("manage");

  const theirContext = await browser.newContext();
  const theirs = await theirContext.newPage();
  await signIn(theirs, person);
  await theirs.goto(`${path}/settings`);
  const name = theirs.getByLabel("Name of the collection");
  await name.fill("Papers of the board");
  await level.selectOption("read");
  await expect(page.getByRole("list", { name: "Changes" }).getByRole("listitem").first()).toContainText(
    `${person.name} may read`,
  );
  await theirs.getByRole("form", { name: "Name" }).getByRole("button", { name: "Save" }).click();
  await expect(theirs.getByText("Your role does not allow this.")).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByText("Only those who manage this collection change its settings.")).toBeVisible();
  await theirContext.close();
});
