import { parseArgs } from "node:util";
import { getFirstAdministrator } from "../../identity/index.ts";
import {
  describeVectorSpaces,
  getCollectionStatus,
  getOfflineSchedule,
  listCollections,
  listSources,
} from "../../knowledge/index.ts";
import { parseArguments, printTable } from "./output.ts";

const HELP = `vouch status: how the documents stand

  status

Documents by collection and state, pages and sites that are followed, offline work, and the vector space that answers
searches, as the first administrator sees them.

  --json   print JSON for programs
  --help   print this text`;

async function readStatus() {
  const principal = await getFirstAdministrator();
  const collections = [];
  for (const { id, name, documentCount } of await listCollections(principal)) {
    const { counts } = await getCollectionStatus(principal, id);
    const sources = await listSources(principal, id);
    collections.push({ id, name, documents: documentCount, counts, sources });
  }
  return {
    collections,
    offline: await getOfflineSchedule(principal),
    vectors: await describeVectorSpaces(principal),
  };
}

type Status = Awaited<ReturnType<typeof readStatus>>;

function describeVectors({ embedder, serving, state, passages, spaces }: Status["vectors"]): string {
  if (state === "current") return `${passages} passages in ${embedder}.`;
  const done = spaces.find(({ name }) => name === embedder)?.passages ?? 0;
  const share = passages === 0 ? 100 : Math.floor((100 * done) / passages);
  const waiting = state === "waiting" ? " Waits for offline work to have its turn." : "";
  return `${done} of ${passages} passages (${share} %) in ${embedder}; ${serving} answers searches.${waiting}`;
}

/** `vouch status`: prints how the documents stand. The database must be open. */
export async function statusCommand(args: readonly string[]): Promise<void> {
  const { values } = parseArguments(HELP, () =>
    parseArgs({
      args: [...args],
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    }),
  );
  if (values.help) {
    console.log(HELP);
    return;
  }
  const status = await readStatus();
  if (values.json) {
    console.log(JSON.stringify(status));
    return;
  }
  printTable(
    ["collection", "documents", "ready", "on their way", "failed", "followed"],
    status.collections.map(({ name, documents, counts, sources }) => [
      name,
      String(documents),
      String(counts.ready),
      String(counts.working),
      String(counts.failed),
      String(sources.length),
    ]),
  );
  const failing = status.collections
    .flatMap(({ sources }) => sources)
    .filter(({ state }) => state === "failed");
  for (const { uri, stateDetail } of failing) console.log(`${uri}: ${stateDetail ?? ""}`);
  console.log(`\nVectors: ${describeVectors(status.vectors)}`);
  console.log(`Offline work: ${status.offline.isOpen ? "may run" : "rests"}.`);
}
