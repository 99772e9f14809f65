import { describe, expect, test } from "vitest";
import { ContinuationJoiner, type ContinuationManner } from "./join-continuation.ts";

const shown = "The pump failed in March. It was replaced in May. The new pump";
const rest = " has run since June without a fault.";

/** Feeds a text in pieces of every size; all must give the same. */
function joined(partial: string, continuation: string, manner: ContinuationManner = "unknown"): string {
  const results = new Set(
    [1, 3, 7, 1000].map((size) => {
      const joiner = new ContinuationJoiner(partial, manner);
      let text = partial;
      for (let at = 0; at < continuation.length; at += size)
        text += joiner.push(continuation.slice(at, at + size));
      text += joiner.end();
      return joiner.isDiverged ? "diverged" : text;
    }),
  );
  expect([...results]).toHaveLength(1);
  return [...results][0] ?? "";
}

describe("a continuation", () => {
  test("that goes on exactly is kept as it is", () => {
    expect(joined(shown, rest, "exact")).toBe(shown + rest);
    expect(joined("The new pu", "mp runs.", "exact")).toBe("The new pump runs.");
    expect(joined("It ran, ran", " and ran.", "exact")).toBe("It ran, ran and ran.");
  });

  test("that tells the whole answer again is cut", () => {
    expect(joined(shown, shown + rest)).toBe(shown + rest);
    expect(joined(shown, `\n\n${shown}${rest}`)).toBe(shown + rest);
    expect(joined("tok0 tok1 ", "tok0 tok1 tok2 tok3 ")).toBe("tok0 tok1 tok2 tok3 ");
  });

  test("that repeats the last sentence is cut", () => {
    expect(joined(shown, `The new pump${rest}`)).toBe(shown + rest);
    expect(
      joined("It failed in March. It was replaced in May.", "It was replaced in May. Since then it runs."),
    ).toBe("It failed in March. It was replaced in May. Since then it runs.");
  });

  test("that repeats the last words is cut", () => {
    expect(joined("one two three four five ", "four five six seven")).toBe(
      "one two three four five six seven",
    );
  });

  test("that announces itself loses the announcement, and what it repeats after it", () => {
    expect(joined(shown, `Certainly, continuing from where I stopped: The new pump${rest}`)).toBe(
      shown + rest,
    );
    expect(joined("It was replaced in May. ", "Sure! Here is the rest:\n\nIt has run since June.")).toBe(
      "It was replaced in May. It has run since June.",
    );
    expect(joined(shown, `Continuing...\n${shown}${rest}`)).toBe(shown + rest);
  });

  test("gets a space after a sentence when its server begins a new text", () => {
    expect(joined("It was replaced in May.", "It has run since June.")).toBe(
      "It was replaced in May. It has run since June.",
    );
    expect(joined("It was replaced in May.", " It has run since June.")).toBe(
      "It was replaced in May. It has run since June.",
    );
  });

  test("after an announcement or a new turn is parted from the word before it", () => {
    const announced = "Certainly, continuing from where I stopped: ";
    expect(joined("The pump", `${announced}was replaced.`)).toBe("The pump was replaced.");
    expect(joined("The pump", "was replaced.", "anew")).toBe("The pump was replaced.");
    expect(joined("The pump,", "which ran,", "anew")).toBe("The pump, which ran,");
    expect(joined("The pump", "\n\nwas replaced.", "anew")).toBe("The pump was replaced.");
    expect(joined("The pump ", "was replaced.", "anew")).toBe("The pump was replaced.");
    expect(joined("The pump (", "made in May)", "anew")).toBe("The pump (made in May)");
  });

  test("that tells a broken word whole tells it once", () => {
    expect(joined("The pump was repla", "Of course! Here it goes on:\nreplaced in May.")).toBe(
      "The pump was replaced in May.",
    );
    expect(joined("The pump was repla", "replaced in May.", "anew")).toBe("The pump was replaced in May.");
  });

  test("that begins a sentence again of which little was shown tells it once", () => {
    expect(joined("It failed in March. In", "In June it ran.")).toBe("It failed in March. In June it ran.");
    expect(joined("It failed in March. In", " June it ran.")).toBe("It failed in March. In June it ran.");
  });

  test("of a listing keeps its indentation when its server is exact", () => {
    expect(joined("def f():\n", "    return 1", "exact")).toBe("def f():\n    return 1");
    expect(joined("if x:\n    ", "    return 1", "exact")).toBe("if x:\n        return 1");
    expect(joined("def f():\n", "    return 1")).toBe("def f():\n    return 1");
  });

  test("that happens to begin with a word of the shown text keeps it", () => {
    expect(joined("The pump failed in March. ", "The valve held.")).toBe(
      "The pump failed in March. The valve held.",
    );
    expect(joined("It was in May.", " May was cold.")).toBe("It was in May. May was cold.");
    expect(joined("He said no, no,", " no, and left.", "exact")).toBe("He said no, no, no, and left.");
  });

  test("in other words from the start is not joined", () => {
    const told = "The pump failed in March. It was replaced in May. A second pump was bought.";
    expect(joined(shown, told)).toBe("diverged");
  });

  test("that only repeats what is shown adds nothing", () => {
    expect(joined(shown, shown)).toBe(shown);
    expect(joined(shown, "The pump failed in March.")).toBe(shown);
  });

  test("is handed on at once when it cannot be a repetition", () => {
    const joiner = new ContinuationJoiner(shown, "unknown");
    expect(joiner.push(" has")).toBe(" has");
    expect(joiner.push(" run")).toBe(" run");
  });
});
