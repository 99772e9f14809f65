import { expect, test } from "vitest";
import { until } from "./test-router.ts";
import { unwatch, type Watched, watch } from "./watch-clock.ts";

test("what is watched is looked at until it is let go, also when it lets itself go", async () => {
  const looks = { staying: 0, leaving: 0 };
  const staying: Watched = {
    look: () => {
      looks.staying += 1;
    },
  };
  const leaving: Watched = {
    look: () => {
      looks.leaving += 1;
      unwatch(leaving);
    },
  };
  watch(leaving);
  watch(staying);
  await until(() => looks.staying > 3, "several looks");
  expect(looks.leaving).toBe(1);
  unwatch(staying);
  const { staying: last } = looks;
  const again: Watched = {
    look: () => {
      looks.leaving += 1;
    },
  };
  watch(again);
  await until(() => looks.leaving > 3, "looks at another");
  unwatch(again);
  expect(looks.staying).toBe(last);
});
