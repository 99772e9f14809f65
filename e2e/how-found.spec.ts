import { expect, type Page } from "@playwright/test";
import OpenAI from "openai";
import { answerIsDone, ask, isScripted, quotesAreExact, signInAsAdministrator, test } from "./session.ts";

const TITLE = "Harbour crane log";
const BEFORE = "The slewing bearing of harbour crane 7 was greased on 4 March 2021 by Odd Larsen.";
const KEPT = "The jib of harbour crane 7 measures 42 metres.";

/** Posts to our own interface as the page on the screen would. */
async function post(page: Page, path: string, data: object) {
  const answer = await page.request.post(path, { data, headers: { origin: new URL(page.url()).origin } });
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true);
  return answer.json();
}

async function makeCollection(page: Page, name: string): Promise<string> {
  return (await post(page, "/api/collections", { name, visibility: "private" })).id;
}

/** Adds a text, or a new version of one, and waits until searches see it. */
async function addText(page: Page, collectionId: string, text: string, replaces?: string): Promise<string> {
  const versionOf = async (id: string) =>
    (await (await page.request.get(`/api/documents/${id}`)).json()).activeVersionId;
  const previous = replaces === undefined ? null : await versionOf(replaces);
  const { id } = await post(page, `/api/collections/${collectionId}/documents`, {
    title: TITLE,
    text,
    ...(replaces === undefined ? {} : { replaces }),
  });
  await expect
    .poll(async () => [null, previous].includes(await versionOf(id)), {
      timeout: 60_000,
      message: "it is read",
    })
    .toBe(false);
  return id;
}

test("a reader sees how an answer was found, and searches again with other words", async ({ page }) => {
  await signInAsAdministrator(page);
  await addText(page, await makeCollection(page, "Cranes to search"), `${BEFORE}\n\n${KEPT}`);
  const answer = await ask(page, "When was the slewing bearing of harbour crane 7 greased?");
  await expect(answer).toContainText("4 March 2021");
  await answer.getByText("How this was found").click();
  const details = answer.getByRole("region", { name: "How this was found" });
  await expect(details).toContainText("When was the slewing bearing of harbour crane 7 greased?");
  const steps = details.getByRole("region", { name: "Steps of the search" }).getByRole("listitem");
  await expect(steps.filter({ hasText: "Searched by words" })).toContainText(/ms/);
  await expect(details.getByRole("region", { name: "Passages used" })).toContainText(TITLE);
  await expect(details.getByText("Because")).toBeVisible();

  await details.getByRole("button", { name: "Edit the search" }).click();
  const form = details.getByRole("form", { name: "Edit the search" });
  await expect(form.getByRole("button", { name: "Search again" })).toBeDisabled();
  await form.getByRole("textbox", { name: "Search for" }).fill("length of the jib of harbour crane 7");
  await form.getByRole("button", { name: "Search again" }).click();
  await answerIsDone(page);
  const again = page.getByRole("article", { name: "Answer" }).last();
  await expect(again).toContainText("Searched for “length of the jib of harbour crane 7”");
  await expect(page.getByRole("article", { name: "Question" })).toHaveCount(1);
  await page.getByRole("button", { name: "Previous answer" }).click();
  await expect(again).not.toContainText("length of the jib");
  await expect(again).toContainText("4 March 2021");
});

test("a follow-up shows the question it was understood as", async ({ page }) => {
  test.skip(isScripted, "the scripted model rewrites in its own words");
  await signInAsAdministrator(page);
  await addText(page, await makeCollection(page, "Cranes to follow"), `${BEFORE}\n\n${KEPT}`);
  await ask(page, "When was the slewing bearing of harbour crane 7 greased?");
  const next = await ask(page, "And in 2019?");
  await expect(next).not.toContainText("Searched for “And in 2019?”");
  await expect(next).toContainText("Searched for");
  const switched = await ask(page, "How do I revoke a link?");
  await expect(switched).not.toContainText("Searched for “");
});

test("an answer says which of its citations a changed document no longer holds, and which are gone", async ({
  page,
}) => {
  test.setTimeout(240_000);
  await signInAsAdministrator(page);
  const collectionId = await makeCollection(page, "Cranes that change");
  // A crane of its own: the other tests' documents must not answer.
  const greased = (day: string) =>
    `The slewing bearing of gantry crane 31 was greased on ${day} by Odd Larsen.`;
  const kept = "The jib of gantry crane 31 measures 42 metres.";
  const documentId = await addText(page, collectionId, `${greased("4 March 2021")}\n\n${kept}`);
  await ask(page, "When was the slewing bearing of gantry crane 31 greased, and by whom?");
  const answer = page.getByRole("article", { name: "Answer" }).last();
  await expect(answer).toContainText("4 March 2021");
  const outdated = answer.getByRole("region", { name: "Outdated" });
  await expect(outdated).toHaveCount(0);

  await addText(
    page,
    collectionId,
    `A new first line.\n\n${greased("9 August 2023")}\n\n${kept}`,
    documentId,
  );
  await page.reload();
  await expect(outdated).toContainText("no longer stand in it");
  await expect(outdated).toContainText("9 August 2023");
  const sources = answer.getByRole("region", { name: "Sources" });
  await expect(sources.getByText("Outdated").first()).toBeVisible();

  await answer
    .getByRole("button", { name: /^Citation 1: / })
    .first()
    .click();
  const source = page.getByRole("complementary", { name: "Source" });
  await expect(source.getByText(/earlier version of this document/)).toBeVisible();
  await expect(source.locator("mark")).toContainText("4 March 2021");
  await page.keyboard.press("Escape");
  expect(await quotesAreExact(page)).toBeGreaterThan(0);

  // While the pointer rests on the citation, its card lies over what is below.
  await page.mouse.move(0, 0);
  await outdated.getByRole("button", { name: "Ask again" }).click();
  await answerIsDone(page);
  await expect(answer).toContainText("9 August 2023");
  await expect(outdated).toHaveCount(0);

  const removed = await page.request.delete(`/api/documents/${documentId}`, {
    headers: { origin: new URL(page.url()).origin },
  });
  expect(removed.ok()).toBe(true);
  await page.reload();
  await expect(outdated).toContainText("was deleted, or is no longer shared with you");
  await answer
    .getByRole("button", { name: /^Citation 1: / })
    .first()
    .click();
  await expect(source.getByRole("alert")).toContainText("cannot be opened any more");
});

test("a program asks a collection as a model and gets the citations with the answer", async ({ page }) => {
  await signInAsAdministrator(page);
  await addText(page, await makeCollection(page, "Cranes by wire"), `${BEFORE}\n\n${KEPT}`);
  const { key } = await post(page, "/api/api-keys", { name: "wire", scopes: ["chat", "models"] });
  const client = new OpenAI({ baseURL: `${new URL(page.url()).origin}/v1`, apiKey: key, maxRetries: 0 });
  const names = (await client.models.list()).data.map(({ id }) => id);
  expect(names).toContain("vouch/cranes-by-wire");
  const reply = await client.chat.completions.create({
    model: "vouch/cranes-by-wire",
    messages: [{ role: "user", content: "When was the slewing bearing of harbour crane 7 greased?" }],
  });
  const message = reply.choices[0]?.message as {
    content: string;
    annotations?: { citation: { quote: string } }[];
  };
  expect(message.content).toContain("4 March 2021");
  expect(message.annotations?.map(({ citation }) => citation.quote)).toContain(BEFORE);
});
