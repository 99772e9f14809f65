import { cpus, totalmem } from "node:os";
import type { ProcessorTimes } from "./processor-time.ts";
import type { AnswerTimes } from "./time-answer.ts";

/** What a run measured. */
export interface ServerFigures {
  readonly alone: readonly AnswerTimes[];
  readonly many: readonly AnswerTimes[];
  /** Processor time per answer, milliseconds. */
  readonly perAnswerAlone: ProcessorTimes;
  readonly perAnswerMany: ProcessorTimes;
  /** First text of the upstream asked directly, milliseconds. */
  readonly upstream: readonly number[];
  readonly documentCount: number;
  readonly requestCount: number;
  readonly atOnce: number;
  /** Members who ask in turn. */
  readonly readers: number;
  /** Load average over one minute. */
  readonly loadAtStart: number;
  readonly loadAtEnd: number;
}

function percentile(numbers: readonly number[], share: number): string {
  const sorted = numbers.toSorted((left, right) => left - right);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
}

/** Stages as columns of the table: what each row of times says about them. */
const STAGES: readonly (readonly [string, (times: AnswerTimes) => number])[] = [
  ["**first text at the client**", ({ firstTextMs }) => firstTextMs],
  ["response headers: key checked, question stored", ({ headersMs }) => headersMs],
  ["first event: the log's first write", ({ firstEventMs }) => firstEventMs],
  ["server: search (of it the next four)", ({ retrievalMs }) => retrievalMs],
  ["– question to vector", ({ search }) => search.embed ?? Number.NaN],
  ["– words", ({ search }) => search.keyword ?? Number.NaN],
  ["– vectors", ({ search }) => search.semantic ?? Number.NaN],
  ["– passages", ({ search }) => search.passages ?? Number.NaN],
  ["server: prompt, router and upstream", ({ retrievalMs, modelTextMs }) => modelTextMs - retrievalMs],
  ["before and after these two: HTTP, key, question, log", (times) => times.firstTextMs - times.modelTextMs],
  ["whole answer stored and read", ({ endMs }) => endMs],
];

/** The results file. */
export function report(figures: ServerFigures): string {
  const { alone, many, upstream, atOnce } = figures;
  const rows = STAGES.map(([name, read]) => {
    const cells = [alone, many].flatMap((times) => {
      const numbers = times.map(read);
      return [percentile(numbers, 0.5), percentile(numbers, 0.95)];
    });
    return `| ${name} | ${cells.join(" | ")} |`;
  });
  const processors = (times: ProcessorTimes) =>
    `web ${times.web.toFixed(1)}, database ${times.database.toFixed(1)}, worker ${times.worker.toFixed(1)}`;
  const machine = `${cpus().length} shared cores, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
  return `# Time the server adds until the first text

    node bench/server/run.ts --data ../shared/data

${figures.documentCount.toLocaleString("en")} abstracts of SciFact beside the sample documents in the embedded database; ${figures.requestCount} questions one after the other,
then ${figures.requestCount} by ${atOnce} clients at once (each asks again as soon as its last answer has ended); each in a new conversation,
with the keys of ${figures.readers} members. The model is a scripted upstream that answers at once; asked directly its first text
takes ${percentile(upstream, 0.5)} ms (median), which is not subtracted. Client, program, database and upstream share the machine.

${machine}, ${new Date().toISOString().slice(0, 10)}. Load average ${figures.loadAtStart.toFixed(1)} at the start, ${figures.loadAtEnd.toFixed(1)} at the end.

| milliseconds | alone p50 | alone p95 | ${atOnce} at once p50 | ${atOnce} at once p95 |
|---|---|---|---|---|
${rows.join("\n")}

Processor milliseconds per whole answer: alone ${processors(figures.perAnswerAlone)}; ${atOnce} at once ${processors(figures.perAnswerMany)}.

Aim: p50 40 ms alone, 150 ms with ${atOnce} at once.
`;
}
