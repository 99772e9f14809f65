/**
 * Starts the program for the browser tests: a fresh data directory, a known administrator, and the model that
 * `VOUCH_E2E_MODEL` names. Ends everything on SIGTERM.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMINISTRATOR } from "./administrator.ts";
import { dataFolderFile } from "./data-folder.ts";
import { configFile, scriptedConfig } from "./scripted-models.ts";
import { startScriptedUpstream } from "./scripted-upstream/start.ts";

const folder = mkdtempSync(join(tmpdir(), "vouch-e2e-"));
writeFileSync(dataFolderFile(), join(folder, "data"));
const isScripted = process.env.VOUCH_E2E_MODEL === "scripted";
const upstream = isScripted ? await startScriptedUpstream() : undefined;
if (upstream !== undefined) writeFileSync(configFile(), scriptedConfig(`${upstream.url}/v1`));

const child = spawn(process.execPath, ["scripts/launch.mjs", "start"], {
  stdio: "inherit",
  env: {
    ...process.env,
    PORT: process.env.VOUCH_E2E_PORT,
    VOUCH_DATA_DIR: join(folder, "data"),
    VOUCH_ADMIN_EMAIL: ADMINISTRATOR.email,
    VOUCH_ADMIN_PASSWORD: ADMINISTRATOR.password,
    LOG_LEVEL: "warn",
    ...(isScripted ? { VOUCH_CONFIG: configFile() } : {}),
  },
});

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", async (exitCode) => {
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(configFile(), { force: true });
  rmSync(dataFolderFile(), { force: true });
  process.exit(exitCode ?? 1);
});
