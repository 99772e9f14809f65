import { parseArgs } from "node:util";
import { getFirstAdministrator, verifyAuditChain } from "../../identity/index.ts";
import { AppError } from "../../shared/errors.ts";
import { parseArguments } from "./output.ts";

const HELP = `vouch audit: the log of who did what

  audit verify [--head SEQUENCE:HASH]

Reads the whole log of the organisation and checks that no row is missing, altered or put in between. It prints the
head (number and hash of the newest row). Keep it somewhere else: only with --head and a head noted earlier can it be
seen that the end of the log was cut off.

  --json   print JSON for programs
  --help   print this text`;

function parseHead(text: string | undefined): { sequence: number; hash: string } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new AppError("invalid_request", { message: "--head is a number, a colon and 64 hex digits." });
  }
  return { sequence: Number(match[1]), hash: match[2] };
}

/**
 * `vouch audit verify`: checks the audit chain of the default organisation. The database must be open.
 *
 * @param args What follows `audit` on the command line.
 * @throws AppError `conflict` when the chain is broken, so that the command ends with an error.
 */
export async function auditCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        head: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
  const [verb] = positionals;
  if (values.help || verb === undefined) {
    console.log(HELP);
    return;
  }
  if (verb !== "verify") {
    throw new AppError("invalid_request", { message: `There is no command "audit ${verb}".\n\n${HELP}` });
  }
  const { orgId } = await getFirstAdministrator();
  const verdict = await verifyAuditChain(orgId, parseHead(values.head));
  if (values.json) console.log(JSON.stringify(verdict));
  if (!verdict.ok) {
    const message =
      verdict.reason === "tail"
        ? "The noted head is not in the log: rows were cut off or replaced."
        : `The log is broken at row ${verdict.brokenAt} (${verdict.reason}).`;
    throw new AppError("conflict", { message });
  }
  if (!values.json) {
    const head = verdict.head === null ? "" : ` Head: ${verdict.head.sequence}:${verdict.head.hash}`;
    console.log(`${verdict.count} rows, whole.${head}`);
  }
}
