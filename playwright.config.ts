import { defineConfig } from "@playwright/test";

const port = Number(process.env.VOUCH_E2E_PORT ?? 3917);
const baseURL = `http://localhost:${port}`;

/**
 * The browser tests drive the program as `npm start` runs it, on a fresh data directory. `VOUCH_E2E_MODEL` chooses who
 * answers: the built-in model, or a scripted upstream that speaks OpenAI's wire format over sockets.
 */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL,
    viewport: { width: 1280, height: 860 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.VOUCH_BROWSER || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
      ],
    },
  },
  webServer: {
    command: `${process.execPath} e2e/start-program.ts`,
    url: `${baseURL}/api/health/ready`,
    // The first start builds the pages: minutes on a busy machine.
    timeout: 900_000,
    reuseExistingServer: false,
    stdout: "ignore",
    stderr: "pipe",
    gracefulShutdown: { signal: "SIGTERM", timeout: 30_000 },
    env: { VOUCH_E2E_PORT: String(port) },
  },
});
