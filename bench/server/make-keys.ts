/** Makes members with an API key each and prints the keys as JSON: `make-keys.ts COUNT`, beside the running program. */
import {
  createApiKey,
  createUser,
  findPrincipalOfMember,
  getFirstAdministrator,
} from "../../lib/identity/index.ts";
import { openDatabase } from "../../lib/runtime/cli/open-database.ts";

const opened = await openDatabase();
const administrator = await getFirstAdministrator();
const keys: string[] = [];
for (let index = 1; index <= Number(process.argv[2]); index += 1) {
  const userId = await createUser(administrator, {
    email: `reader-${index}@bench.example`,
    name: `Reader ${index}`,
    role: "member",
    password: "a password of the bench",
  });
  const member = await findPrincipalOfMember(administrator.orgId, userId);
  if (member === null) throw new Error("The member that was just made is not found.");
  keys.push((await createApiKey(member, { name: "bench", scopes: ["chat", "search"] })).key);
}
console.log(JSON.stringify(keys));
await opened.close();
process.exit(0);
