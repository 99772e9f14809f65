import { readdir, readFile } from "node:fs/promises";
import { seedSampleDataset } from "../evaluation/index.ts";
import { ensureFirstRun, type FirstRun, findDefaultOrganisation } from "../identity/index.ts";
import { seedSamples } from "../knowledge/index.ts";
import type { Environment } from "../platform/env.ts";
import { connectQueue } from "./job-registry.ts";

const PROJECT_DIR = new URL("../../", import.meta.url);
const MANUAL = { name: "Vouch manual", folder: "docs/manual" };
const CASE_FILE = { name: "Ostermoor cold store", folder: "docs/samples/ostermoor-cold-store" };

/**
 * What a new installation needs before its first page: an organisation, an administrator, sample documents and a
 * sample dataset. Running it again changes nothing.
 *
 * @returns the lines the terminal shows: how to sign in.
 */
export async function prepareContent(env: Environment): Promise<string> {
  const administrator = await ensureFirstRun({
    ...(env.VOUCH_ADMIN_EMAIL === undefined ? {} : { adminEmail: env.VOUCH_ADMIN_EMAIL }),
    ...(env.VOUCH_ADMIN_PASSWORD === undefined ? {} : { adminPassword: env.VOUCH_ADMIN_PASSWORD }),
  });
  const organisation = await findDefaultOrganisation();
  if (organisation !== null && administrator.created) await seedContent({ orgId: organisation.id });
  return welcomeLines(env, administrator);
}

async function seedContent(scope: { orgId: string }): Promise<void> {
  const disconnect = await connectQueue();
  try {
    for (const { name, folder } of [MANUAL, CASE_FILE]) {
      await seedSamples(scope, { name, files: await readSampleFiles(folder) });
    }
  } finally {
    await disconnect();
  }
  const dataset = await readFile(new URL("docs/samples/sample-dataset.jsonl", PROJECT_DIR), "utf8");
  await seedSampleDataset(scope, dataset);
}

/** The documents of a folder; its README is about the folder, not one of them. */
async function readSampleFiles(folder: string): Promise<{ fileName: string; bytes: Buffer }[]> {
  const directory = new URL(`${folder}/`, PROJECT_DIR);
  const names = (await readdir(directory)).filter(
    (name) => /\.(?:pdf|md|txt)$/.test(name) && name !== "README.md",
  );
  return Promise.all(
    names.sort().map(async (fileName) => ({
      fileName,
      bytes: await readFile(new URL(encodeURIComponent(fileName), directory)),
    })),
  );
}

/** How to sign in, for the terminal. The password is shown once; later starts name the file that still keeps it. */
function welcomeLines(env: Environment, administrator: FirstRun): string {
  const lines = [];
  if (administrator.email !== null) lines.push(`  Sign in as administrator: ${administrator.email}`);
  if (administrator.password !== null) lines.push(`  Password: ${administrator.password}`);
  if (administrator.passwordFile !== null) {
    lines.push(`  (the password is kept in ${administrator.passwordFile} until you change it)`);
  }
  if (env.VOUCH_GUESTS) lines.push("  Or go on as guest on the sign-in page.");
  return `${lines.join("\n")}\n`;
}
