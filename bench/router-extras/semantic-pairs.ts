/** Pairs of questions that must, or must not, share an answer; made by rule from the development sets, and by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "./load-questions.ts";

/** Two questions and whether one answer serves both. */
export interface QuestionPair {
  readonly kind: string;
  readonly left: string;
  readonly right: string;
  readonly isSame: boolean;
}

type Row = Record<string, unknown>;

const rowsOf = (path: string) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** Other words for the same, applied wherever they stand. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [/\blocated\b/, "situated"],
  [/\bbegin\b/, "start"],
  [/\bcreated\b/, "made"],
  [/\bcalled\b/, "named"],
  [/\bfilm\b/, "movie"],
  [/\blarge\b/, "big"],
  [/\bcommonly\b/, "usually"],
  [/\bbuilt\b/, "constructed"],
  [/\bstudents\b/, "pupils"],
  [/\bobtain\b/, "get"],
  [/\bconsidered\b/, "regarded as"],
  [/\bvarious\b/, "different"],
  [/\bpeople\b/, "persons"],
  [/\bhappened\b/, "took place"],
  [/\bkind of\b/, "type of"],
  [/\bdid (.+?) have\b/, "had $1"],
];

/** Changes of a question that keep its meaning. */
const KEEPING: readonly (readonly [string, (question: string) => string | undefined])[] = [
  ["polite", (question) => `Please tell me: ${lowerFirst(question)}`],
  ["can you", (question) => `Can you tell me ${lowerFirst(question)}`],
  [
    "contracted",
    (question) => (/^What is /.test(question) ? question.replace(/^What is /, "What's ") : undefined),
  ],
  [
    "imperative",
    (question) =>
      /^What (?:is|was) /.test(question)
        ? question.replace(/^What (?:is|was) (.*?)\?*$/, "Give me $1.")
        : undefined,
  ],
  [
    "year",
    (question) =>
      /^When (?:was|did) /.test(question) ? question.replace(/^When /, "In what year ") : undefined,
  ],
  [
    "synonym",
    (question) => {
      const fitting = SYNONYMS.find(([pattern]) => pattern.test(question));
      return fitting === undefined ? undefined : question.replace(fitting[0], fitting[1]);
    },
  ],
];

/** Changes of a question that turn its meaning. */
const TURNING: readonly (readonly [string, (question: string) => string | undefined])[] = [
  [
    "negated",
    (question) =>
      /\b(did|was|were|is|are|does|do)\b/i.test(question)
        ? question.replace(/\b(did|was|were|is|are|does|do)\b (\w+)/i, "$1 $2 not")
        : undefined,
  ],
  [
    "other number",
    (question) =>
      /\d/.test(question) ? question.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)) : undefined,
  ],
  [
    "opposite",
    (question) => {
      const swaps: readonly (readonly [RegExp, string])[] = [
        [/\blargest\b/, "smallest"],
        [/\bfirst\b/, "last"],
        [/\bmost\b/, "least"],
        [/\bbefore\b/, "after"],
        [/\bincreased?\b/, "decrease"],
        [/\bstart(ed)?\b/, "stop$1"],
        [/\bwon\b/, "lost"],
        [/\bhighest\b/, "lowest"],
        [/\bnorth(ern)?\b/, "south$1"],
        [/\beast(ern)?\b/, "west$1"],
        [/\bmale\b/, "female"],
        [/\bparent\b/, "child"],
        [/\bteacher(s)?\b/, "student$1"],
        [/\bplants?\b/, "animals"],
        [/\bpublic\b/, "private"],
      ];
      const fitting = swaps.find(([pattern]) => pattern.test(question));
      return fitting === undefined ? undefined : question.replace(fitting[0], fitting[1]);
    },
  ],
  [
    "names exchanged",
    (question) => {
      const found = [...question.matchAll(/(?<=\s)\p{Lu}\p{L}+/gu)];
      const [one, two] = [found[0], found.at(-1)];
      if (one === undefined || two === undefined || one[0] === two[0] || one.index === two.index)
        return undefined;
      return `${question.slice(0, one.index)}${two[0]}${question.slice(one.index + one[0].length, two.index)}${one[0]}${question.slice(two.index + two[0].length)}`;
    },
  ],
  [
    "other question word",
    (question) =>
      /^Who /.test(question)
        ? question.replace(/^Who /, "When ")
        : /^Where /.test(question)
          ? question.replace(/^Where /, "When ")
          : undefined,
  ],
];

/** Paraphrases as people write them. */
const WRITTEN_SAME: readonly (readonly [string, string])[] = [
  ["How many days of leave do I get?", "What is my annual holiday allowance?"],
  ["When does the lease end?", "What is the end date of the rental agreement?"],
  ["How do I reset my password?", "I forgot my password, what should I do?"],
  ["What is the notice period?", "How much notice must be given?"],
  ["Who signed the contract?", "By whom was the contract signed?"],
  ["How much does the standard plan cost?", "What is the price of the standard plan?"],
  ["Where is the emergency exit?", "Where do I find the emergency exit?"],
  ["How can I contact support?", "What is the best way to reach the support team?"],
  ["What caused the outage?", "Why did the system go down?"],
  ["Is parking included in the rent?", "Does the rent include parking?"],
  ["Which formats can I upload?", "What file types are accepted for upload?"],
  ["How do I export my data?", "What is the procedure for exporting data?"],
  ["Turn on two-factor authentication", "Enable two-factor authentication"],
  ["Who is the CEO of the company?", "What is the name of the company's chief executive?"],
  ["What does error E42 mean?", "What is the meaning of error E42?"],
  ["How long is the warranty?", "What is the duration of the warranty?"],
  ["When was the pump replaced?", "On which date was the pump replaced?"],
  ["Can I cancel my order?", "Is it possible to cancel my order?"],
  ["What are the opening hours?", "When are you open?"],
  ["How is the deposit paid back?", "How will I get my deposit back?"],
];

/** Questions that look alike and want different answers. */
const WRITTEN_DIFFERENT: readonly (readonly [string, string])[] = [
  ["How do I enable two-factor authentication?", "How do I disable two-factor authentication?"],
  ["Can the tenant end the lease early?", "Can the landlord end the lease early?"],
  ["Does the seller pay the buyer's costs?", "Does the buyer pay the seller's costs?"],
  ["How do I add a user to a group?", "How do I add a group to a user?"],
  ["What is the boiling point of the coolant?", "What is the freezing point of the coolant?"],
  [
    "How do I move files from the server to the laptop?",
    "How do I move files from the laptop to the server?",
  ],
  ["What is the dose for adults?", "What is the dose for children?"],
  ["Which drugs increase the effect of warfarin?", "Which drugs decrease the effect of warfarin?"],
  ["Is the guarantee valid in Spain?", "Is the guarantee valid in Sweden?"],
  ["How do I convert PDF to DOCX?", "How do I convert DOCX to PDF?"],
  ["What is the gross margin of the segment?", "What is the net margin of the segment?"],
  ["How do I grant access to the folder?", "How do I revoke access to the folder?"],
  ["What happens if payment arrives late?", "What happens if payment arrives early?"],
  ["Which employees are exempt from overtime?", "Which employees are entitled to overtime?"],
  ["What is the minimum order quantity?", "What is the maximum order quantity?"],
  ["Is smoking allowed in the building?", "Is smoking prohibited in the building?"],
  ["How do I mount the drive?", "How do I unmount the drive?"],
  ["Who must the manager inform?", "Who must inform the manager?"],
  ["What are the side effects of stopping the drug?", "What are the side effects of starting the drug?"],
  ["How much did revenue grow in the third quarter?", "How much did revenue grow in the fourth quarter?"],
  ["Do dogs chase cats more often?", "Do cats chase dogs more often?"],
  ["What is the interest on the loan?", "What is the interest on the deposit?"],
  ["What is the upper limit for liability?", "What is the lower limit for liability?"],
  ["Which party pays for inbound freight?", "Which party pays for outbound freight?"],
];

/** Every question of XQuAD with its nearest neighbour among the questions of the same article that have another answer. */
function neighbours(
  rows: readonly Row[],
  articleOf: (row: Row) => string,
  alike: (left: string, right: string) => number,
): QuestionPair[] {
  const groups = Map.groupBy(rows, articleOf);
  return [...groups.values()].flatMap((group) =>
    group.flatMap((row) => {
      const others = group.filter((other) => other !== row && other.answer !== row.answer);
      const nearest = others
        .map((other) => ({ other, near: alike(String(row.text), String(other.text)) }))
        .toSorted((left, right) => right.near - left.near)[0];
      if (nearest === undefined) return [];
      return [
        { kind: "same article", left: String(row.text), right: String(nearest.other.text), isSame: false },
      ];
    }),
  );
}

/** Claims of SciFact that name the same abstract, of which one is supported and the other contradicted by the same sentences. */
function opposedClaims(data: string): QuestionPair[] {
  const rows = rowsOf(join(data, "scifact", "queries.train.jsonl"));
  const labelled = rows.flatMap((row) =>
    (Array.isArray(row.evidence) ? (row.evidence as Row[]) : []).map((evidence) => ({
      text: String(row.text),
      key: `${String(evidence.doc)} ${JSON.stringify(evidence.quote)}`,
      label: String(evidence.label),
    })),
  );
  return [...Map.groupBy(labelled, ({ key }) => key).values()].flatMap((group) =>
    group.flatMap((one, index) =>
      group
        .slice(index + 1)
        .filter((other) => other.label !== one.label)
        .map((other) => ({ kind: "opposed claims", left: one.text, right: other.text, isSame: false })),
    ),
  );
}

/** All pairs; the same ones in every run. */
export function makePairs(data: string, alike: (left: string, right: string) => number): QuestionPair[] {
  const rows = rowsOf(join(data, "xquad", "queries.jsonl"));
  const articles = new Map(
    readFileSync(join(data, "xquad", "qrels.tsv"), "utf8")
      .split("\n")
      .map((line): [string, string] => {
        const [query = "", document = ""] = line.split("\t");
        return [query, document.replace(/p\d+$/, "")];
      }),
  );
  const changed = (isSame: boolean, changes: typeof KEEPING) =>
    rows.flatMap((row) => {
      const left = String(row.text).trim();
      // One change each, a different one from question to question.
      const fitting = changes.flatMap(([kind, change]) => {
        const right = change(left);
        return right === undefined || right === left ? [] : [{ kind, left, right, isSame }];
      });
      const chosen = fitting[hashOf(left) % Math.max(1, fitting.length)];
      return chosen === undefined ? [] : [chosen];
    });
  return [
    ...changed(true, KEEPING),
    ...WRITTEN_SAME.map(([left, right]) => ({ kind: "written paraphrase", left, right, isSame: true })),
    ...changed(false, TURNING),
    ...neighbours(rows, (row) => articles.get(String(row._id)) ?? "", alike),
    ...opposedClaims(data),
    ...WRITTEN_DIFFERENT.map(([left, right]) => ({ kind: "written look-alike", left, right, isSame: false })),
  ];
}
