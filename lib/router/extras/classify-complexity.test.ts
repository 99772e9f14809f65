import { describe, expect, test } from "vitest";
import { classifyComplexity, tierHeader } from "./classify-complexity.ts";

const ask = (content: unknown, more: Record<string, unknown> = {}) =>
  classifyComplexity({ messages: [{ role: "user", content }], ...more });

describe("a light question", () => {
  test.each([
    "When was the pump replaced?",
    "How many days of leave does a new employee get?",
    "Who is the author of the safety manual?",
    "What is the name of the landlord?",
    "Why was the delivery late?",
    "Wie viele Urlaubstage gibt es?",
    "¿Cuándo se firmó el contrato?",
    "Когда был заменён насос?",
    "这份合同是什么时候签的？",
    "متى تم توقيع العقد؟",
    "Pompa ne zaman değiştirildi?",
  ])("is %s", (question) => {
    expect(ask(question)).toMatchObject({ tier: "light" });
  });

  test("names no reason when nothing counts", () => {
    expect(ask("When was the pump replaced?")).toEqual({ tier: "light", reasons: [], score: 0 });
    expect(tierHeader(ask("When was the pump replaced?"))).toBe("light");
  });

  test("stays light with passages of documents in the system message", () => {
    const sources = `<source id="1" title="Compare and analyse">\n${"Why? How? ".repeat(300)}\n</source>`;
    const messages = [
      { role: "system", content: sources },
      { role: "user", content: "When was the pump replaced?" },
    ];
    expect(classifyComplexity({ messages }).tier).toBe("light");
  });

  test("is what a body of unknown shape counts as", () => {
    for (const messages of [
      undefined,
      null,
      "hello",
      [null, 1, { role: "user" }, { role: "user", content: 5 }],
    ])
      expect(classifyComplexity({ messages }).tier).toBe("light");
  });
});

describe("a heavy question", () => {
  test.each([
    ["Compare the two leases.", "compares"],
    ["Vergleiche die beiden Mietverträge.", "compares"],
    ["¿Cuáles son las diferencias entre los dos contratos?", "compares"],
    ["Quelles sont les différences entre les deux baux ?", "compares"],
    ["Сравни два договора.", "compares"],
    ["İki sözleşmeyi karşılaştır.", "compares"],
    ["比较这两份合同。", "compares"],
    ["قارن بين العقدين.", "compares"],
    ["Which pump is older, the one in hall 2 or the one in hall 3?", "chooses between things"],
    ["Are both pumps from the same maker?", "asks whether things are the same"],
    ["Where was the director of the company born?", "follows a relation"],
    ["Where did the founder's wife study?", "follows a relation"],
    ["How has the rent changed over time?", "asks for an analysis"],
    ["Prove that the sum of two even numbers is even.", "asks for an analysis"],
    ["Fasse den Bericht zusammen.", "asks for an analysis"],
    ["Write a letter to the landlord.", "asks for a piece of work"],
    ["What does this do?\n```\nfor (;;) {}\n```", "has code"],
    ["What is \\int_0^1 x^2 dx?", "has mathematics"],
    ["Who signed it? When? For how long?", "three questions or more"],
  ])("is %s", (question, reason) => {
    const decision = ask(question);
    expect(decision.tier).toBe("heavy");
    expect(decision.reasons).toContain(reason);
  });

  test.each([
    ["tools", { tools: [{ type: "function", function: { name: "look" } }] }],
    ["reasoning asked for", { reasoning_effort: "high" }],
  ])("is any with %s", (reason, fields) => {
    expect(ask("When?", fields)).toMatchObject({ tier: "heavy", reasons: [reason] });
  });

  test("is one with an image", () => {
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ];
    expect(ask(content)).toMatchObject({ tier: "heavy", reasons: ["an image or a file"] });
  });

  test("is a very long one, in any script", () => {
    expect(ask("word ".repeat(301)).reasons).toContain("a long question");
    expect(ask("字".repeat(700))).toMatchObject({ tier: "heavy" });
    expect(ask(`${"x ".repeat(2000)}`)).toMatchObject({ tier: "heavy" });
  });

  test("is found by what is asked at the end of pasted material", () => {
    const decision = ask(`${"The pump was replaced in May. ".repeat(60)}\nCompare this with April.`);
    expect(decision.reasons).toContain("compares");
  });

  test("may be the sum of small signs", () => {
    const decision = ask("Why was the delivery late, and how can it be avoided?");
    expect(decision.reasons).toEqual(["asks why", "asks for a further part", "asks how"]);
    expect(decision.tier).toBe("heavy");
  });
});

test("only the last question counts, and many turns add to it", () => {
  const turn = (content: string) => [
    { role: "user", content },
    { role: "assistant", content: "Yes." },
  ];
  const messages = [...turn("Compare both leases."), { role: "user", content: "When does it end?" }];
  expect(classifyComplexity({ messages }).tier).toBe("light");
  const long = Array.from({ length: 9 }, () => turn("When does it end?")).flat();
  expect(classifyComplexity({ messages: long })).toMatchObject({ reasons: ["many turns"], score: 2 });
});

test("every reason can stand in a header", () => {
  const decision = ask("Compare both. Why? Which is older, A or B? Analyse the code `x = 1`.", {
    tools: [{}],
    response_format: { type: "json_schema" },
  });
  expect(tierHeader(decision)).toMatch(/^heavy; [\x20-\x7e]+$/);
  for (const reason of decision.reasons) expect(reason).toMatch(/^[a-z ]+$/);
});
