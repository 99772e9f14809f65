/**
 * `npm test`: every check from types to browser. Without a browser the browser tests fail where `CI` is set and are
 * left out, loudly, elsewhere.
 */
import { checkSteps } from "./check-steps.ts";
import { provideBrowser } from "./find-browser.ts";
import { provideOnnxRuntime } from "./provide-onnx-runtime.ts";
import { provideRedisServer } from "./provide-redis.ts";
import { packageProgram, runSteps, type Step } from "./run-steps.ts";

const node = process.execPath;
const browser = provideBrowser();
if (!provideRedisServer()) {
  process.stdout.write("TESTS OF LIMITS IN REDIS ARE LEFT OUT: install redis-server.\n");
}
if (!provideOnnxRuntime()) {
  process.stdout.write("TESTS OF LOCAL MODELS ARE LEFT OUT: npm could not install onnxruntime-node.\n");
}

const unitTests: Step = {
  name: "unit tests",
  command: [node, packageProgram("vitest/vitest.mjs"), "run", "--reporter=dot"],
};

const playwright = packageProgram("@playwright/test/cli.js");
const browserTests: Step[] = ["builtin", "scripted"].map((model) => ({
  name: `browser tests (${model} model)`,
  command: [node, playwright, "test"],
  environment: { VOUCH_E2E_MODEL: model, VOUCH_BROWSER: browser ?? "" },
}));

if (browser === undefined && process.env.CI) {
  process.stderr.write("No browser: install Chromium or set VOUCH_BROWSER to its path.\n");
}
if (browser === undefined && !process.env.CI) {
  process.stdout.write("BROWSER TESTS ARE LEFT OUT: install Chromium or set VOUCH_BROWSER to its path.\n");
}
const steps = [...checkSteps, unitTests, ...(browser !== undefined || process.env.CI ? browserTests : [])];
process.exit((await runSteps(steps)) ? 0 : 1);
