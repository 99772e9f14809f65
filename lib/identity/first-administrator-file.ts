import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment } from "../platform/env.ts";

/** Where the made-up password of the first administrator is kept until it is changed. */
export function firstAdministratorPath(dataDir: string = environment().dataDir): string {
  return join(dataDir, "first-administrator.txt");
}

/** Writes the file, readable by the owner only. */
export function writeFirstAdministrator(path: string, email: string, password: string): void {
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  writeFileSync(path, `e-mail: ${email}\npassword: ${password}\n`, { mode: 0o600, flag: "wx" });
}

/** True when the file is there and speaks of that address. */
export function isFirstAdministrator(path: string, email: string): boolean {
  try {
    return readFileSync(path, "utf8").split("\n").includes(`e-mail: ${email}`);
  } catch {
    // No file: the password was given from outside or has been changed.
    return false;
  }
}

/** Removes the file when it speaks of that address, whose password is another one now. */
export function forgetFirstAdministrator(path: string, email: string): void {
  if (isFirstAdministrator(path, email)) rmSync(path, { force: true });
}
