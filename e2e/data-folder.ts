import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the program of the browser tests says which data directory it uses; by default that of this run. */
export function dataFolderFile(port = process.env.VOUCH_E2E_PORT ?? "3917"): string {
  return join(tmpdir(), `vouch-e2e-${port}.data`);
}

/** Someone of the organisation who can sign in. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Makes an account with the operator's command line, as an administrator on the machine would. */
export function createPerson(name: string, role: "member" | "editor", port?: string): Person {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
  const password = "another long password";
  const words = ["user", "create", "--email", email, "--name", name, "--role", role, "--password", password];
  execFileSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "lib/runtime/cli/main.ts", ...words],
    {
      env: { ...process.env, VOUCH_DATA_DIR: readFileSync(dataFolderFile(port), "utf8"), LOG_LEVEL: "warn" },
      timeout: 60_000,
    },
  );
  return { name, email, password };
}
