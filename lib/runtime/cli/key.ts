import { parseArgs } from "node:util";
import {
  createApiKey,
  findPrincipalOfMember,
  getFirstAdministrator,
  listApiKeys,
  listUsers,
  revokeApiKey,
} from "../../identity/index.ts";
import { createApiKeySchema, type Principal } from "../../identity/schema.ts";
import { AppError } from "../../shared/errors.ts";
import { isId } from "../../shared/ids.ts";
import { parseArguments, printTable } from "./output.ts";

const HELP = `vouch key: API keys

  key create --name NAME [--role member|editor|admin] [--scopes chat,search] [--expires-days DAYS] [--user E-MAIL]
  key list
  key revoke ID

create prints the key once; it cannot be shown again. Without --user the first administrator owns the key,
without --role it has its owner's role, without --scopes it may do everything that role may.
--expires-days is the number of days until the key ends.

  --json   print JSON for programs
  --help   print this text`;

function parseKeyArguments(args: readonly string[]) {
  return parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: "string" },
        role: { type: "string" },
        scopes: { type: "string" },
        "expires-days": { type: "string" },
        user: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
}

type KeyValues = ReturnType<typeof parseKeyArguments>["values"];

/** The owner of a new key: the named member of the default organisation, or the first administrator. */
async function findOwner(email: string | undefined): Promise<Principal> {
  const administrator = await getFirstAdministrator();
  if (email === undefined) return administrator;
  const [user] = await listUsers(administrator, { email });
  const owner = user === undefined ? null : await findPrincipalOfMember(administrator.orgId, user.id);
  if (owner === null) {
    throw new AppError("not_found", { message: "There is no open account with that e-mail address." });
  }
  return owner;
}

async function createKey(values: KeyValues): Promise<void> {
  const days = values["expires-days"];
  const input = createApiKeySchema.safeParse({
    name: values.name ?? "command line",
    ...(values.role === undefined ? {} : { role: values.role }),
    ...(values.scopes === undefined ? {} : { scopes: values.scopes.split(",") }),
    ...(days === undefined ? {} : { expiresInDays: Number(days) }),
  });
  if (!input.success) {
    const issue = input.error.issues[0];
    throw new AppError("invalid_request", { message: `${issue?.path.join(".")}: ${issue?.message}` });
  }
  const created = await createApiKey(await findOwner(values.user), input.data);
  console.log(values.json ? JSON.stringify(created) : created.key);
}

async function listKeys(values: KeyValues): Promise<void> {
  const keys = await listApiKeys(await getFirstAdministrator());
  if (values.json) console.log(JSON.stringify(keys));
  else {
    printTable(
      ["id", "prefix", "name", "role", "scopes", "owner", "expires", "revoked"],
      keys.map((key) => [
        key.id,
        key.prefix,
        key.name,
        key.role,
        key.scopes.join(","),
        key.ownerName,
        key.expiresAt ?? "never",
        key.revokedAt ?? "",
      ]),
    );
  }
}

async function revokeKey(id: string | undefined, values: KeyValues): Promise<void> {
  if (!isId(id)) throw new AppError("invalid_request", { message: "Name the id of the key: key revoke ID" });
  await revokeApiKey(await getFirstAdministrator(), id);
  console.log(values.json ? JSON.stringify({ id, revoked: true }) : "The key works no longer.");
}

/**
 * `vouch key ...`: makes, lists and ends API keys on the machine itself, in the name of the first administrator. The
 * database must be open.
 *
 * @param args What follows `key` on the command line.
 * @throws AppError with a sentence for the person.
 */
export async function keyCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseKeyArguments(args);
  const [verb, id] = positionals;
  if (values.help || verb === undefined) console.log(HELP);
  else if (verb === "create") await createKey(values);
  else if (verb === "list") await listKeys(values);
  else if (verb === "revoke") await revokeKey(id, values);
  else throw new AppError("invalid_request", { message: `There is no command "key ${verb}".\n\n${HELP}` });
}
