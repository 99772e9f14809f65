import { expect, test } from "vitest";
import { textOf } from "../test-client.ts";
import { startTestRouter, until } from "../test-router.ts";
import { plainText, stream } from "./scenario.ts";

const STREAMS = 100;
const TOKENS = 40;

for (const manner of ["", "_contRestart", "_contRepeat"]) {
  test(`killing one of two upstreams during 100 streams loses no answer and repeats nothing${manner}`, async () => {
    const model = `mock_i40_n${TOKENS}${manner}`;
    const router = await startTestRouter({
      second: true,
      modelEntries: `  - name: pair
    kind: chat
    targets:
      - { upstream: scripted, upstreamModel: ${model} }
      - { upstream: second, upstreamModel: ${model} }`,
    });
    try {
      const running = Array.from({ length: STREAMS }, () => stream(router, "pair"));
      const entries = [router.upstream.ledger.entries, router.upstream2.ledger.entries];
      await until(() => {
        const begun = entries.flat().filter(({ tokensSent }) => tokensSent >= 2);
        return begun.length === STREAMS;
      }, "all streams run");
      const onFirst = router.upstream.ledger.entries.length;
      expect(onFirst).toBeGreaterThan(10);
      expect(onFirst).toBeLessThan(90);
      router.upstream.kill();
      const answers = await Promise.all(running);
      const lost = answers.filter(
        (answer) => textOf(answer) !== plainText(TOKENS) || answer.events.at(-1) !== "[DONE]",
      );
      expect(lost.map((answer) => answer.text.slice(-400))).toEqual([]);
      const resumed = answers.filter(({ text }) => text.includes(": vouch-resumed"));
      expect(resumed).toHaveLength(router.upstream.ledger.totals()[model]?.broken.calls ?? 0);
      // Who comes later is answered as well.
      const later = await Promise.all(Array.from({ length: 10 }, () => stream(router, "pair")));
      expect(later.map(textOf)).toEqual(Array(10).fill(plainText(TOKENS)));
    } finally {
      await router.close();
    }
  });
}
