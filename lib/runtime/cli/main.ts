/** Main of the operator's command line: `npm run vouch -- <command>`. */
import { logLikeACommand } from "../../platform/log.ts";
import { AppError } from "../../shared/errors.ts";
import { explainStartError } from "../explain-start-error.ts";
import { type OpenedDatabase, openDatabase } from "./open-database.ts";

interface Command {
  readonly summary: string;
  /** True when it does its work without the database of this machine. */
  readonly isRemote?: (args: readonly string[]) => Promise<boolean>;
  run(args: readonly string[]): Promise<void>;
}

/** Loaded when called: a key is made in less time than it takes to load a PDF reader. */
const COMMANDS: Readonly<Record<string, Command>> = {
  user: {
    summary: "accounts: create, list, role, disable, password",
    run: async (args) => (await import("./user.ts")).userCommand(args),
  },
  key: {
    summary: "API keys: create, list, revoke",
    run: async (args) => (await import("./key.ts")).keyCommand(args),
  },
  limit: {
    summary: "limits and budgets: list, set, remove",
    run: async (args) => (await import("./limit.ts")).limitCommand(args),
  },
  audit: {
    summary: "the record of what was done: verify",
    run: async (args) => (await import("./audit.ts")).auditCommand(args),
  },
  ingest: {
    summary: "add files, folders or web addresses to a collection",
    isRemote: async (args) => (await import("./ingest.ts")).isForServer(args),
    run: async (args) => (await import("./ingest.ts")).ingestCommand(args),
  },
  status: {
    summary: "how the documents stand",
    run: async (args) => (await import("./status.ts")).statusCommand(args),
  },
  ask: {
    summary: "ask a question and print the cited answer",
    run: async (args) => (await import("./ask.ts")).askCommand(args),
  },
  eval: {
    summary: "measure the system over a dataset",
    run: async (args) => (await import("./eval.ts")).evalCommand(args),
  },
};

const HELP = `vouch: the operator's command line

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join("\n")}

Each command explains itself with --help and prints JSON with --json.
It works while the program runs, and opens the database itself when it does not.`;

async function main(): Promise<void> {
  const [name = "--help", ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (command === undefined) {
    if (name !== "--help" && name !== "-h" && name !== "help") {
      throw new AppError("invalid_request", { message: `There is no command "${name}".\n\n${HELP}` });
    }
    console.log(HELP);
    return;
  }
  if (args.includes("--help") || args.includes("-h")) return command.run(["--help"]);
  logLikeACommand();
  if (await command.isRemote?.(args)) return command.run(args);
  const opened: OpenedDatabase = await openDatabase();
  try {
    await command.run(args);
  } finally {
    await opened.close();
  }
}

main().then(
  // A command may set a status of its own.
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    // What a command does not understand ends with its help: more than one line.
    const message = error instanceof AppError ? error.message : explainStartError(error);
    process.stderr.write(`vouch: ${message}\n`);
    process.exit(1);
  },
);
