/**
 * `npm run screenshots`: starts the program on a fresh data directory and pictures its main screens in light, dark and
 * at phone width, into `screenshots/` (ignored by git). With `--readme` the picture of the README is written too.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "playwright";
import { createPerson } from "../e2e/data-folder.ts";
import { ask, samplesAreReady, signInAsAdministrator } from "../e2e/session.ts";
import { childEnvironment } from "../lib/platform/env.ts";
import { provideBrowser } from "./find-browser.ts";
import { collectionScreens } from "./pictures/collection-screens.ts";
import { growToContent, type Screen, type TakePicture } from "./pictures/screen.ts";

const { values } = parseArgs({ options: { readme: { type: "boolean", default: false } } });
const port = "3931";
const origin = `http://localhost:${port}`;
const folder = "screenshots";

const LOOKS = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 860 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 860 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
} as const;

const QUESTION = "Why did compressor C2 stop?";

async function untilReady(): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const isReady = await fetch(`${origin}/api/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("The program did not become ready.");
}

/** The screens, in the order a person meets them. */
const screens: readonly Screen[] = [
  async (page, picture) => {
    await page.goto("/sign-in");
    await picture("1-sign-in");
    await signInAsAdministrator(page);
    await samplesAreReady(page);
    await picture("2-start");
  },
  async (page, picture) => {
    await page.getByRole("textbox", { name: "Your question" }).fill(QUESTION);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("article", { name: "Answer" }).getByRole("paragraph").first().waitFor();
    await picture("3-streaming");
    await ask(page, "Which files can I add?");
    await picture("4-answer");
    await page
      .getByRole("button", { name: /^Citation 1: / })
      .last()
      .click();
    await page.getByRole("complementary", { name: "Source" }).locator("mark").waitFor();
    await picture("5-source-text");
    await page.keyboard.press("Escape");
  },
  async (page, picture) => {
    await page.goto("/");
    await ask(page, QUESTION);
    await page
      .getByRole("button", { name: /^Citation 1: / })
      .first()
      .click();
    const source = page.getByRole("complementary", { name: "Source" });
    await source
      .locator("mark")
      .or(source.getByRole("img", { name: "Highlighted quote" }))
      .first()
      .waitFor();
    await page.mouse.move(640, 600);
    await page.getByRole("tooltip").waitFor({ state: "hidden" });
    await picture("6-source");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("dialog").waitFor();
    await picture("7-share");
    await page.keyboard.press("Escape");
  },
  async (page, picture) => {
    await page.goto("/");
    await ask(page, "What is the boiling point of tungsten hexafluoride?");
    await picture("8-not-found");
    await page.goto("/collections");
    await page
      .getByRole("heading", { name: /Documents/ })
      .first()
      .waitFor();
    await picture("9-documents");
    await page.goto("/links");
    await picture("10-links");
    await page.goto("/evaluation");
    await page
      .getByRole("form", { name: "New run" })
      .getByRole("button", { name: "Run", exact: true })
      .click();
    await page.getByRole("table", { name: "Totals" }).waitFor({ timeout: 120_000 });
    await picture("11-evaluation-run");
    await page.goto("/evaluation");
    await page.getByRole("form", { name: "New run" }).waitFor();
    await picture("12-evaluation");
  },
  collectionScreens,
];

async function pictureLook(browser: Browser, look: keyof typeof LOOKS): Promise<void> {
  const context = await browser.newContext({ ...LOOKS[look], baseURL: origin, reducedMotion: "reduce" });
  const page = await context.newPage();
  const picture: TakePicture = async (name, { isWhole = false } = {}) => {
    const shrink = isWhole ? await growToContent(page) : undefined;
    await page.screenshot({ path: `${folder}/${name}-${look}.png` });
    await shrink?.();
    if (values.readme && look === "light" && name === "6-source") {
      await page.screenshot({ path: "docs/screenshot.png" });
    }
  };
  for (const screen of screens) await screen(page, picture);
  await context.close();
}

const executablePath = provideBrowser();
if (executablePath === undefined) {
  process.stderr.write("No browser: install Chromium or set VOUCH_BROWSER to its path.\n");
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const program = spawn(process.execPath, ["e2e/start-program.ts"], {
  stdio: ["ignore", "ignore", "inherit"],
  env: childEnvironment({ VOUCH_E2E_PORT: port }),
});
try {
  await untilReady();
  createPerson("Rosa Lindqvist", "member", port);
  createPerson("Tomas Varga", "editor", port);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  for (const look of ["light", "dark", "phone"] as const) await pictureLook(browser, look);
  await browser.close();
} finally {
  const ended = new Promise((resolve) => program.once("exit", resolve));
  program.kill("SIGTERM");
  await ended;
}
process.stdout.write(`Pictures are in ${folder}/\n`);
process.exit(0);
