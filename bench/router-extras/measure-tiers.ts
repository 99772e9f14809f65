/** Light and heavy: what the classifier sends where, how often that is right, and what it saves. */
import { classifyComplexity, type Tier } from "../../lib/router/extras/classify-complexity.ts";
import { median } from "./load.ts";
import { type LabelledQuestion, loadQuestions } from "./load-questions.ts";

/** An answer over documents: five passages in, a short paragraph out. Prices per million tokens, first token in ms. */
const PROMPT_TOKENS = 1_500;
const ANSWER_TOKENS = 150;
const HEAVY = { input: 2, output: 8, firstTokenMs: 600, msPerToken: 12 };
const LIGHT = { input: 0.4, output: 1.6, firstTokenMs: 300, msPerToken: 6 };

type Classify = (text: string) => Tier;

const byRules: Classify = (text) => classifyComplexity({ messages: [{ role: "user", content: text }] }).tier;

/** The simplest rival: long questions are heavy. The bound that is best on the tuning split. */
function lengthRule(tuning: readonly LabelledQuestion[]): {
  readonly bound: number;
  readonly classify: Classify;
} {
  const bounds = Array.from({ length: 60 }, (_, index) => 4 * (index + 5));
  const classifyAt =
    (bound: number): Classify =>
    (text) =>
      text.length > bound ? "heavy" : "light";
  const scored = bounds.map((bound) => ({ bound, score: balancedAccuracy(tuning, classifyAt(bound)) }));
  const best = scored.toSorted((left, right) => right.score - left.score)[0]?.bound ?? 100;
  return { bound: best, classify: classifyAt(best) };
}

function shareOf(
  questions: readonly LabelledQuestion[],
  fits: (question: LabelledQuestion) => boolean,
): number {
  return questions.length === 0 ? Number.NaN : questions.filter(fits).length / questions.length;
}

/** Mean of the shares of light and of heavy questions that are recognised: sets of different size count alike. */
function balancedAccuracy(questions: readonly LabelledQuestion[], classify: Classify): number {
  const right = (label: Tier) =>
    shareOf(
      questions.filter((question) => question.label === label),
      ({ text }) => classify(text) === label,
    );
  return (right("light") + right("heavy")) / 2;
}

const percent = (share: number) => (Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`);

function tableBySet(questions: readonly LabelledQuestion[], split: string, length: Classify): string {
  const sets = Map.groupBy(questions, ({ set, label }) => `${set}, ${label ?? "not labelled"}`);
  const rows = [...sets].map(([name, group]) => {
    const right = (classify: Classify) =>
      group[0]?.label === undefined
        ? "–"
        : percent(shareOf(group, ({ text, label }) => classify(text) === label));
    return `| ${split} | ${name} | ${group.length} | ${percent(shareOf(group, ({ text }) => byRules(text) === "light"))} | ${right(byRules)} | ${right(length)} |`;
  });
  return rows.join("\n");
}

/** Money and time of a mixture in which this share goes to the light model, beside sending all to the heavy one. */
function savingOf(lightShare: number) {
  const cost = (model: typeof HEAVY) => (PROMPT_TOKENS * model.input + ANSWER_TOKENS * model.output) / 1e6;
  const time = (model: typeof HEAVY) => model.firstTokenMs + ANSWER_TOKENS * model.msPerToken;
  const mean = (read: (model: typeof HEAVY) => number) =>
    lightShare * read(LIGHT) + (1 - lightShare) * read(HEAVY);
  return {
    cost: 1 - mean(cost) / cost(HEAVY),
    time: 1 - mean(time) / time(HEAVY),
    firstToken: 1 - mean(({ firstTokenMs }) => firstTokenMs) / HEAVY.firstTokenMs,
  };
}

function savings(questions: readonly LabelledQuestion[]): string {
  const pick = (set: string, label?: Tier) =>
    questions.filter((question) => question.set === set && (label === undefined || question.label === label));
  const mixtures: readonly (readonly [string, readonly LabelledQuestion[]])[] = [
    ["product-docs as it is", pick("product-docs")],
    ["sec-10q, held out", pick("sec-10q")],
    [
      "half XQuAD, half 2wiki, held out",
      [...pick("xquad").slice(0, 50), ...pick("2wiki-multihop").slice(0, 50)],
    ],
  ];
  return mixtures
    .map(([name, group]) => {
      const { cost, time, firstToken } = savingOf(shareOf(group, ({ text }) => byRules(text) === "light"));
      const heavy = group.filter(({ label }) => label === "heavy");
      const wrong =
        heavy.length === 0
          ? Number.NaN
          : shareOf(group, ({ text, label }) => label === "heavy" && byRules(text) === "light");
      return `| ${name} | ${group.length} | ${percent(cost)} | ${percent(firstToken)} | ${percent(time)} | ${percent(wrong)} |`;
    })
    .join("\n");
}

/** Microseconds per decision, the median of several passes over the questions. */
function decisionMicros(texts: readonly string[]): number {
  const bodies = texts.map((content) => ({ messages: [{ role: "user", content }] }));
  const passes = Array.from({ length: 7 }, () => {
    const startedAt = performance.now();
    for (const body of bodies) classifyComplexity(body);
    return ((performance.now() - startedAt) * 1000) / bodies.length;
  });
  return median(passes);
}

/** The section of results.md. */
export function measureTiers(data: string): string {
  const questions = loadQuestions(data);
  const tuning = questions.filter(({ split }) => split === "tuning");
  const heldOut = questions.filter(({ split }) => split === "held-out");
  const english = heldOut.filter(({ set, label }) => label !== undefined && !set.startsWith("xquad-"));
  const length = lengthRule(tuning);
  const long = "The pump was replaced in May after the bearings had failed twice. ".repeat(300);
  return `Labels are the sets' own: XQuAD asks for one span of one paragraph (light), 2WikiMultiHop joins two to four articles (heavy), the questions over
quarterly reports are marked as answered by one chunk (light) or by several chunks or reports (heavy). Rules were tuned on the first split only. The rival is the
length of the question, with the bound that is best there (${length.bound} characters).

| split | set | questions | sent light | right | right by length |
|---|---|---|---|---|---|
${tableBySet(tuning, "tuning", length.classify)}
${tableBySet(heldOut, "held out", length.classify)}

Balanced accuracy on the labelled English held-out questions: ${percent(balancedAccuracy(english, byRules))}, by length ${percent(balancedAccuracy(english, length.classify))}. A decision takes
${decisionMicros(heldOut.map(({ text }) => text)).toFixed(1)} µs for these questions and ${decisionMicros(Array.from({ length: 2_000 }, () => long)).toFixed(1)} µs for one of 20,000 characters.

Simulated saving against sending all to the heavy model: ${PROMPT_TOKENS} prompt and ${ANSWER_TOKENS} answer tokens; heavy ${HEAVY.input}/${HEAVY.output} per million tokens, first token ${HEAVY.firstTokenMs} ms, ${HEAVY.msPerToken} ms
per token; light ${LIGHT.input}/${LIGHT.output}, ${LIGHT.firstTokenMs} ms, ${LIGHT.msPerToken} ms.

| mixture | questions | cost saved | first token sooner | whole answer sooner | heavy questions sent light, of all |
|---|---|---|---|---|---|
${savings(heldOut)}`;
}
