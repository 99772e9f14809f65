/**
 * Fills an empty database for the bench: tables, an organisation, a member, and a key for models, told to the
 * parent. `prepare-vouch.ts SOCKET` */
import {
  createApiKey,
  createOrganisation,
  createUser,
  findPrincipalOfMember,
} from "../../../lib/identity/index.ts";
import { closeDatabase, connectDatabase, setDatabase } from "../../../lib/platform/db/index.ts";
import { migrateDatabase } from "../../../lib/platform/db/migrate.ts";
import { sendReady } from "./answer-parent.ts";

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
const { key } = await createApiKey(member, { name: "bench", scopes: ["models"] });
sendReady({ key });
await closeDatabase();
process.disconnect();
