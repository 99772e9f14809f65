import { describe, expect, it } from "vitest";
import { normaliseText } from "./normalise-text.ts";
import { supportingSpan } from "./supporting-span.ts";

const VERSION =
  "Header of the page.\n\nThe coolant pump P-101 was replaced on 3 May 2024 by the\ncontractor. The seals had worn out af-\nter 11 years. “Nobody objected”, the minutes say — not even the owner.";
const START = 21;
const passage = { start: START, text: VERSION.slice(START) };

describe("supportingSpan", () => {
  it("finds a sentence that stands in the passage, whatever its blanks, quotes, dashes and broken words", () => {
    for (const claim of [
      "The coolant pump P-101 was replaced on 3 May 2024 by the contractor.",
      "the seals had worn out after 11 years",
      '"Nobody objected", the minutes say - not even the owner.',
      "- **The seals** had worn out after 11 years.",
    ]) {
      const found = supportingSpan(claim, passage);
      expect(found.verdict, claim).toBe("supported");
      expect(found.score).toBe(1);
      expect(VERSION.slice(found.start, found.end)).toBe(found.quote);
    }
    expect(supportingSpan("the seals had worn out after 11 years", passage).quote).toBe(
      "The seals had worn out af-\nter 11 years.",
    );
  });

  it("supports a claim in other words by the sentence that carries it", () => {
    const found = supportingSpan("On 3 May 2024 the contractor replaced coolant pump P-101.", passage);
    expect(found.verdict).toBe("supported");
    expect(found.quote).toBe("The coolant pump P-101 was replaced on 3 May 2024 by the\ncontractor.");
  });

  it("never calls a claim supported whose number the words lack", () => {
    const found = supportingSpan(
      "The coolant pump P-101 was replaced on 7 May 2024 by the contractor.",
      passage,
    );
    expect(found.verdict).not.toBe("supported");
  });

  it("calls a claim about something else unsupported", () => {
    expect(supportingSpan("The insurer refused every payment to the hospital.", passage).verdict).toBe(
      "unsupported",
    );
    expect(supportingSpan("", passage).verdict).toBe("unsupported");
    expect(supportingSpan("Anything at all.", { start: 5, text: "" })).toMatchObject({
      start: 5,
      end: 5,
      quote: "",
    });
  });

  it("gives words that are exactly the slice of the version, for any claim", () => {
    const words = VERSION.split(/\s+/);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 400; round += 1) {
      const claim = Array.from({ length: 1 + random(12) }, () => words[random(words.length)]).join(" ");
      const found = supportingSpan(claim, passage);
      expect(VERSION.slice(found.start, found.end)).toBe(found.quote);
      expect(found.start).toBeGreaterThanOrEqual(START);
      expect(found.end).toBeLessThanOrEqual(VERSION.length);
    }
  });
});

describe("normaliseText", () => {
  it("maps every character back to the place it came from", () => {
    const source = "Ａ ﬁne  “test”—x\u00ad\u00ady 𝟘é";
    const { text, starts, ends } = normaliseText(source);
    expect(text).toBe('a fine "test"-xy 0é');
    for (let index = 0; index < text.length; index += 1) {
      expect(starts[index]).toBeLessThan(ends[index] ?? 0);
      expect(ends[index]).toBeLessThanOrEqual(source.length);
    }
  });
});
