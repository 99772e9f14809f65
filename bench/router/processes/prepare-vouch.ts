/**
 * Fills an empty database for the bench: tables, an organisation, a member, and keys for models, told to
 * the parent. `prepare-vouch.ts SOCKET`
 */
import {
  createApiKey,
  createOrganisation,
  createUser,
  findPrincipalOfMember,
} from "../../../lib/identity/index.ts";
import { closeDatabase, connectDatabase, setDatabase } from "../../../lib/platform/db/index.ts";
import { migrateDatabase } from "../../../lib/platform/db/migrate.ts";
import { sendReady } from "./answer-parent.ts";

/** One for the main run, and one for each round of a limit that must begin unused. */
const KEYS = 24;

const socketPath = process.argv[2] ?? "";
await migrateDatabase({ socketPath });
setDatabase(connectDatabase({ socketPath }));
const orgId = await createOrganisation("Bench");
const account = {
  email: "bench@bench.example",
  name: "Bench",
  role: "member",
  password: "a password of the bench",
} as const;
const userId = await createUser({ orgId, userId: null }, account);
const member = await findPrincipalOfMember(orgId, userId);
if (member === null) throw new Error("The member that was just made is not found.");
const keys: string[] = [];
for (let index = 1; index <= KEYS; index += 1) {
  keys.push((await createApiKey(member, { name: `bench ${index}`, scopes: ["models"] })).key);
}
sendReady({ keys });
await closeDatabase();
process.disconnect();
