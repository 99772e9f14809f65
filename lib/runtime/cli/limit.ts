import { parseArgs } from "node:util";
import { getFirstAdministrator, listUsers } from "../../identity/index.ts";
import type { Principal } from "../../identity/schema.ts";
import { findLimits, removeLimits, setLimits } from "../../router/index.ts";
import type { ChangeLimits, LimitedSubject, LimitName } from "../../router/schema.ts";
import { AppError } from "../../shared/errors.ts";
import { isId } from "../../shared/ids.ts";
import { parseArguments, printTable } from "./output.ts";

const HELP = `vouch limit: limits of the organisation, its people and its API keys

  limit list [--all]
  limit set SUBJECT [--requests N] [--tokens N] [--streams N] [--budget AMOUNT]
  limit remove SUBJECT       the defaults of vouch.yaml hold again

A SUBJECT is "organisation", "user:E-MAIL" or "key:ID". All limits that a request meets hold at once.

  --requests N      requests a minute
  --tokens N        tokens a minute: prompt and answer
  --streams N       streamed answers at the same time
  --budget AMOUNT   spending in a calendar month (UTC), in the currency of the prices, such as 25 or 0.50
  --all             list subjects without any limit too

Instead of a number, "none" means no limit whatever the default, and "default" leaves it to the default. What is not
named stays as it was. A change holds within two seconds.

  --json   print JSON for programs
  --help   print this text`;

function parseLimitArguments(args: readonly string[]) {
  return parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        requests: { type: "string" },
        tokens: { type: "string" },
        streams: { type: "string" },
        budget: { type: "string" },
        all: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
}

type LimitValues = ReturnType<typeof parseLimitArguments>["values"];

const MICROS = 1_000_000;
const OPTIONS: readonly {
  readonly option: "requests" | "tokens" | "streams" | "budget";
  readonly name: LimitName;
}[] = [
  { option: "requests", name: "requestsPerMinute" },
  { option: "tokens", name: "tokensPerMinute" },
  { option: "streams", name: "concurrentStreams" },
  { option: "budget", name: "monthlyBudgetMicros" },
];

type Subject = Pick<LimitedSubject, "type" | "id">;

async function findSubject(principal: Principal, text: string | undefined): Promise<Subject> {
  if (text === "organisation") return { type: "organisation", id: principal.orgId };
  const [type, ...rest] = text?.split(":") ?? [];
  const name = rest.join(":");
  if (type === "key" && isId(name)) return { type, id: name };
  if (type === "user" && name !== "") {
    if (isId(name)) return { type, id: name };
    const [user] = await listUsers(principal, { email: name });
    if (user === undefined) {
      throw new AppError("not_found", { message: "There is no account with that e-mail address." });
    }
    return { type, id: user.id };
  }
  throw new AppError("invalid_request", {
    message: `Name whom it is for: organisation, user:E-MAIL or key:ID.\n\n${HELP}`,
  });
}

/** A number, null for no limit, undefined to leave it to the default. */
function parseLimit(option: string, text: string, isMoney: boolean): number | null | undefined {
  if (text === "none") return null;
  if (text === "default") return undefined;
  const isNumber = (isMoney ? /^\d+(\.\d{1,6})?$/ : /^\d+$/).test(text);
  const value = isMoney ? Math.round(Number(text) * MICROS) : Number(text);
  if (!isNumber || !Number.isSafeInteger(value)) {
    throw new AppError("invalid_request", {
      message: `--${option}: "${text}" is no ${isMoney ? "amount" : "whole number"}, "none" or "default".`,
    });
  }
  return value;
}

async function change(principal: Principal, words: readonly string[], values: LimitValues): Promise<void> {
  const subject = await findSubject(principal, words[0]);
  const { subjects } = await findLimits(principal);
  const before = subjects.find(({ type, id }) => type === subject.type && id === subject.id);
  const limits: { -readonly [Name in keyof ChangeLimits["limits"]]: ChangeLimits["limits"][Name] } = {
    ...before?.set,
  };
  const named = OPTIONS.filter(({ option }) => values[option] !== undefined);
  if (named.length === 0) {
    throw new AppError("invalid_request", { message: `Name a limit, such as --requests 60.\n\n${HELP}` });
  }
  for (const { option, name } of named) {
    const limit = parseLimit(option, values[option] ?? "", option === "budget");
    if (limit === undefined) delete limits[name];
    else limits[name] = limit;
  }
  const changed = await setLimits(principal, subject, limits);
  if (values.json) console.log(JSON.stringify(changed));
  else console.log(`${changed.name}: ${sayLimits(changed)}.`);
}

function sayLimits({ effective }: LimitedSubject): string {
  return OPTIONS.map(({ option, name }) => `${option} ${sayAmount(option, effective[name])}`).join(", ");
}

function sayAmount(option: string, value: number | null): string {
  if (value === null) return "-";
  return option === "budget" ? (value / MICROS).toFixed(2) : String(value);
}

function sayUse(option: string, used: number | null, limit: number | null): string {
  if (limit === null) return option === "budget" && used !== null && used > 0 ? sayAmount(option, used) : "-";
  return `${sayAmount(option, used ?? 0)} of ${sayAmount(option, limit)}`;
}

async function list(principal: Principal, values: LimitValues): Promise<void> {
  const overview = await findLimits(principal);
  const isLimited = ({ effective, set }: LimitedSubject) =>
    set !== null || Object.values(effective).some((limit) => limit !== null);
  const subjects = overview.subjects.filter((subject) => values.all || isLimited(subject));
  if (values.json) {
    console.log(JSON.stringify({ ...overview, subjects }));
    return;
  }
  printTable(
    ["type", "id", "name", "requests/min", "tokens/min", "streams", `spent in ${overview.month}`],
    subjects.map(({ type, id, name, used, effective }) => [
      type,
      id,
      name,
      ...OPTIONS.map(({ option, name: limit }) => sayUse(option, used[limit], effective[limit])),
    ]),
  );
}

/**
 * `vouch limit ...`: shows and sets limits on the machine itself, in the name of the first administrator. The database
 * must be open.
 *
 * @param args What follows `limit` on the command line.
 * @throws AppError with a sentence for the person.
 */
export async function limitCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseLimitArguments(args);
  const [verb, ...words] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return;
  }
  const principal = await getFirstAdministrator();
  if (verb === "list") return list(principal, values);
  if (verb === "set") return change(principal, words, values);
  if (verb !== "remove") {
    throw new AppError("invalid_request", { message: `There is no command "limit ${verb}".\n\n${HELP}` });
  }
  const subject = await findSubject(principal, words[0]);
  await removeLimits(principal, subject);
  console.log(values.json ? JSON.stringify({ ...subject, removed: true }) : "The defaults hold again.");
}
