/** What a semantic cache would hit, rightly and wrongly, by threshold and guard. */
import { basicPoints, exactPoints, similarity } from "./semantic-cache.ts";
import { makePairs, type QuestionPair } from "./semantic-pairs.ts";

const THRESHOLDS = [0.7, 0.8, 0.85, 0.9, 0.95] as const;

const GUARDS: readonly (readonly [string, (text: string) => string])[] = [
  ["none", () => ""],
  ["numbers, negations, quotes, names", basicPoints],
  ["also order, question words, opposites", exactPoints],
];

interface Judged extends QuestionPair {
  readonly near: number;
}

const share = (part: number, whole: number) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);

/** The tables of results.md. */
export function measureSemantic(data: string): string {
  const pairs: Judged[] = makePairs(data, similarity).map((pair) => ({
    ...pair,
    near: similarity(pair.left, pair.right),
  }));
  const same = pairs.filter(({ isSame }) => isSame);
  const different = pairs.filter(({ isSame }) => !isSame);
  const rows = GUARDS.flatMap(([guard, points]) =>
    THRESHOLDS.map((threshold) => {
      const hit = ({ near, left, right }: Judged) => near >= threshold && points(left) === points(right);
      const written = same.filter(({ kind }) => kind === "written paraphrase");
      return `| ${guard} | ${threshold} | ${share(same.filter(hit).length, same.length)} | ${share(written.filter(hit).length, written.length)} | ${share(different.filter(hit).length, different.length)} |`;
    }),
  );
  const [, strict] = GUARDS.at(-1) ?? [];
  const kinds = [...Map.groupBy(pairs, ({ kind, isSame }) => `${isSame ? "same" : "different"}: ${kind}`)];
  const byKind = kinds.map(([kind, group]) => {
    const cells = ([0.8, 0.9] as const).flatMap((threshold) => {
      const near = group.filter(({ near }) => near >= threshold);
      const hits = near.filter(({ left, right }) => strict?.(left) === strict?.(right));
      return [share(near.length, group.length), share(hits.length, group.length)];
    });
    return `| ${kind} | ${group.length} | ${cells.join(" | ")} |`;
  });
  return `| guard | threshold | hits among ${same.length} pairs with one meaning | of these, written by people | false hits among ${different.length} pairs with two meanings |
|---|---|---|---|---|
${rows.join("\n")}

By kind, with the strictest guard (in front the share that is near enough, behind it what passes the guard):

| pairs | number | near at 0.8 | hit at 0.8 | near at 0.9 | hit at 0.9 |
|---|---|---|---|---|---|
${byKind.join("\n")}`;
}
