import { parseArgs } from "node:util";
import { answerQuestion, DEFAULT_PASSAGES } from "../../chat/index.ts";
import { getFirstAdministrator } from "../../identity/index.ts";
import { searchModeSchema } from "../../knowledge/schema.ts";
import { setOwnPort } from "../../platform/own-address.ts";
import { AppError } from "../../shared/errors.ts";
import { parseArguments } from "./output.ts";
import { serveRouter } from "./serve-router.ts";

const HELP = `vouch ask: ask a question and print the cited answer

  ask "QUESTION" [--mode hybrid|semantic|keyword] [--model NAME]

The first administrator asks; every document that account may read is searched.

  --json   print JSON for programs
  --help   print this text`;

/** `vouch ask`: answers through the pipeline of the chat, without storing a conversation. */
export async function askCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        mode: { type: "string", default: "hybrid" },
        model: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }),
  );
  const question = positionals.join(" ").trim();
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (question === "") throw new AppError("invalid_request", { message: `Give a question.\n\n${HELP}` });
  const mode = searchModeSchema.safeParse(values.mode);
  if (!mode.success)
    throw new AppError("invalid_request", { message: `--mode ${values.mode} is unknown.\n\n${HELP}` });
  const principal = await getFirstAdministrator();
  const router = await serveRouter();
  setOwnPort(router.port);
  try {
    const outcome = await answerQuestion(principal, {
      question,
      configuration: { mode: mode.data, passages: DEFAULT_PASSAGES, rerank: true, model: values.model },
    });
    if (values.json) {
      const { text, citations, timingsMs } = outcome;
      console.log(JSON.stringify({ text, citations, timingsMs }));
      return;
    }
    console.log(`\n${outcome.text}\n`);
    for (const { marker, title, page, quote } of outcome.citations) {
      console.log(`[${marker}] ${title}${page === null ? "" : `, page ${page}`}\n    “${quote}”`);
    }
  } finally {
    await router.close();
  }
}
