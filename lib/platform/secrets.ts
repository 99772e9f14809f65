import { hkdfSync, randomBytes } from "node:crypto";
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./env.ts";

const SECRET_BYTES = 32;

/** Where the secret comes from; tests replace it. */
export interface SecretDependencies {
  readonly configuredSecret: string | undefined;
  readonly dataDir: string;
}

const rootSecrets = new Map<string, string>();

function environmentDependencies(): SecretDependencies {
  const { VOUCH_SECRET, dataDir } = environment();
  return { configuredSecret: VOUCH_SECRET, dataDir };
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Puts a finished file at `path` unless one is there: another process that starts at the same time never reads half of it. */
function placeOnce(path: string, content: string): void {
  const partial = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  writeFileSync(partial, content, { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(partial, path);
  } catch (error) {
    if (isErrorWithCode(error, "EEXIST")) return;
    // File systems without hard links (network shares): an exclusive copy is the nearest to it.
    try {
      copyFileSync(partial, path, constants.COPYFILE_EXCL);
    } catch (copyError) {
      if (!isErrorWithCode(copyError, "EEXIST")) throw copyError;
    }
  } finally {
    rmSync(partial, { force: true });
  }
}

function readOrCreateSecret(dataDir: string): string {
  const path = join(dataDir, "secret");
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (!isErrorWithCode(error, "ENOENT")) throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  placeOnce(path, `${randomBytes(SECRET_BYTES).toString("base64url")}\n`);
  return readFileSync(path, "utf8").trim();
}

function rootSecret(dependencies: SecretDependencies): string {
  if (dependencies.configuredSecret !== undefined) return dependencies.configuredSecret;
  const known = rootSecrets.get(dependencies.dataDir);
  if (known !== undefined) return known;
  const secret = readOrCreateSecret(dependencies.dataDir);
  if (secret.length < SECRET_BYTES) {
    throw new Error(
      `The file ${join(dependencies.dataDir, "secret")} is too short to be the program's secret.`,
    );
  }
  rootSecrets.set(dependencies.dataDir, secret);
  return secret;
}

/**
 * A key of 32 bytes for one purpose, derived (HKDF-SHA256, RFC 5869) from `VOUCH_SECRET` or from the secret kept in
 * the data directory. Keys of different purposes tell nothing about each other, so one leaked use stays one.
 *
 * @param purpose A constant of the program, such as `signed-principal`.
 */
export function programSecret(
  purpose: string,
  dependencies: SecretDependencies = environmentDependencies(),
): Buffer {
  const key = hkdfSync("sha256", rootSecret(dependencies), "vouch", purpose, SECRET_BYTES);
  return Buffer.from(key);
}
