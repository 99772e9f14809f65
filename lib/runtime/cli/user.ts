import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import {
  changePassword,
  createUser,
  disableUser,
  enableUser,
  getFirstAdministrator,
  listUsers,
  setUserRole,
  signOutEverywhere,
} from "../../identity/index.ts";
import { type Role, roleSchema, type UserSummary } from "../../identity/schema.ts";
import { AppError } from "../../shared/errors.ts";
import { parseArguments, printTable } from "./output.ts";

const HELP = `vouch user: accounts

  user list [--guests]
  user create --email E-MAIL [--name NAME] [--role member|editor|admin] [--password PASSWORD]
  user role E-MAIL member|editor|admin
  user password E-MAIL [--password PASSWORD]
  user disable E-MAIL      refuse the account's sessions and keys from now on
  user enable E-MAIL
  user sign-out E-MAIL     end the account's sessions on all devices

Without --password one is made up and printed once.

  --json   print JSON for programs
  --help   print this text`;

function parseUserArguments(args: readonly string[]) {
  return parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        email: { type: "string" },
        name: { type: "string" },
        role: { type: "string" },
        password: { type: "string" },
        guests: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
}

type UserValues = ReturnType<typeof parseUserArguments>["values"];
type Actor = { readonly orgId: string; readonly userId: string };

function makePassword(): string {
  return randomBytes(15).toString("base64url");
}

function parseRole(text: string | undefined): Role {
  const role = roleSchema.safeParse(text);
  if (!role.success) throw new AppError("invalid_request", { message: "A role is member, editor or admin." });
  return role.data;
}

async function getUser(actor: Actor, email: string | undefined): Promise<UserSummary> {
  const [user] = email === undefined ? [] : await listUsers(actor, { email });
  if (user === undefined) {
    throw new AppError("not_found", { message: "There is no account with that e-mail address." });
  }
  return user;
}

function report(values: UserValues, result: Readonly<Record<string, unknown>>, sentence: string): void {
  console.log(values.json ? JSON.stringify(result) : sentence);
}

async function list(actor: Actor, values: UserValues): Promise<void> {
  const users = await listUsers(actor, { withGuests: values.guests });
  if (values.json) {
    console.log(JSON.stringify(users));
    return;
  }
  printTable(
    ["id", "e-mail", "name", "role", "disabled"],
    users.map((user) => [
      user.id,
      user.email ?? "guest",
      user.name,
      user.role,
      user.disabledAt === null ? "" : "yes",
    ]),
  );
}

async function create(actor: Actor, values: UserValues): Promise<void> {
  const email = values.email ?? "";
  const password = values.password ?? makePassword();
  const id = await createUser(actor, {
    email,
    name: values.name ?? email.split("@")[0] ?? email,
    role: parseRole(values.role ?? "member"),
    password,
  });
  const shown = values.password === undefined ? { password } : {};
  report(
    values,
    { id, email, ...shown },
    `Created ${email}.${values.password === undefined ? ` Password: ${password}` : ""}`,
  );
}

async function setPassword(actor: Actor, user: UserSummary, values: UserValues): Promise<void> {
  const password = values.password ?? makePassword();
  await changePassword(actor, user.id, password);
  const shown = values.password === undefined ? { password } : {};
  const made = values.password === undefined ? ` Password: ${password}` : "";
  report(values, { id: user.id, ...shown }, `Changed. All sessions have ended.${made}`);
}

/** The verbs that act on one account. */
const VERBS: Readonly<
  Record<string, (actor: Actor, user: UserSummary, values: UserValues, word?: string) => Promise<void>>
> = {
  role: async (actor, user, values, word) => {
    const role = parseRole(word ?? values.role);
    await setUserRole(actor, user.id, role);
    report(values, { id: user.id, role }, `${user.email} is ${role} now.`);
  },
  password: setPassword,
  disable: async (actor, user, values) => {
    await disableUser(actor, user.id);
    report(values, { id: user.id, disabled: true }, `${user.email} is shut out.`);
  },
  enable: async (actor, user, values) => {
    await enableUser(actor, user.id);
    report(values, { id: user.id, disabled: false }, `${user.email} may sign in again.`);
  },
  "sign-out": async (actor, user, values) => {
    await signOutEverywhere(actor, user.id);
    report(values, { id: user.id, signedOut: true }, `All sessions of ${user.email} have ended.`);
  },
};

/**
 * `vouch user ...`: accounts of the default organisation, on the machine itself, in the name of the first
 * administrator. The database must be open.
 *
 * @param args What follows `user` on the command line.
 * @throws AppError with a sentence for the person.
 */
export async function userCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseUserArguments(args);
  const [verb, email, word] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return;
  }
  const actor = await getFirstAdministrator();
  if (verb === "list") return list(actor, values);
  if (verb === "create") return create(actor, values);
  const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (act === undefined) {
    throw new AppError("invalid_request", { message: `There is no command "user ${verb}".\n\n${HELP}` });
  }
  await act(actor, await getUser(actor, email ?? values.email), values, word);
}
