import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const CANDIDATES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Path of a Chromium or Chrome: `VOUCH_BROWSER`, or the first one where systems install it. */
export function findBrowser(): string | undefined {
  const named = process.env.VOUCH_BROWSER;
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  return CANDIDATES.find((path) => existsSync(path));
}

/**
 * A browser for the tests: the one that is there, or Debian's installed now when we may. Undefined when neither works;
 * the caller decides whether that fails (it does where CI is set).
 */
export function provideBrowser(): string | undefined {
  const found = findBrowser();
  if (found !== undefined || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return found;
  process.stdout.write("No browser found: installing Debian's chromium\n");
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options: SpawnSyncOptions = {
    stdio: ["ignore", "ignore", "inherit"],
    env: environment,
    timeout: 600_000,
  };
  spawnSync("apt-get", ["update", "-qq"], options);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], options);
  return findBrowser();
}
