import { describe, expect, it } from "vitest";
import { formatSources, NOT_FOUND_ANSWER } from "../../../shared/prompt-contract.ts";
import { answerFromSources, NO_SOURCES_ANSWER } from "./answer-from-sources.ts";

const handbook = `# Ferry desk handbook

## Lost property

Found items go to the desk at pier 4. It keeps them for 30 days.

To report a lost item:

1. Open the form on the tablet.
2. Describe the item.
3. Press **Send**.

## Who may cancel a sailing?

Only the harbour master may cancel a sailing. She tells the desk by radio.

| Route | Fare |
| --- | --- |
| Northbank | 4.50 |
| Mill Island | 6.00 |
`;
const log = `12 March 2021
Bilge pump inspected by R. Okafor. No fault found.

3 May 2021
The bilge pump was replaced with a new unit after it had
failed twice in one week. Cost: 412.80 EUR. Approved by
M. Lindqvist on the same day.

Vessel: Alma
Registered owner: Torvald Reederei
Home port: Esbjerg
`;
const sources = [
  { number: 1, title: "Ferry desk handbook", text: handbook },
  { number: 2, title: "Maintenance log", text: log },
];

function ask(question: string, given = sources) {
  return answerFromSources([
    { role: "system", content: `Use the sources.\n${formatSources(given)}` },
    { role: "user", content: question },
  ]);
}

describe("answerFromSources", () => {
  it("answers with the sentence, its marker after the full stop", () => {
    expect(ask("Who may cancel a sailing?").text).toBe("Only the harbour master may cancel a sailing. [1]");
  });

  it("brings the dated heading under which an undated entry stands", () => {
    const { text } = ask("When was the bilge pump replaced?");
    expect(text).toMatch(/^3 May 2021 \[2\]\n\nThe bilge pump was replaced .+ week\. \[2\]$/);
  });

  it("brings the sentence a pronoun points back to", () => {
    expect(ask("How many days are found items kept?").text).toContain(
      "Found items go to the desk at pier 4. [1] It keeps them for 30 days. [1]",
    );
  });

  it("answers how-to questions with the steps as a numbered list, each cited", () => {
    expect(ask("How do I report a lost item?").text).toContain(
      "To report a lost item: [1]\n\n1. Open the form on the tablet. [1]\n2. Describe the item. [1]\n3. Press **Send**. [1]",
    );
  });

  it("answers from a table with its header, and from a form with the labelled field", () => {
    expect(ask("What is the fare to Mill Island?").text).toBe("- Route | Fare [1]\n- Mill Island | 6.00 [1]");
    expect(ask("Who is the registered owner of the Alma?").text).toContain(
      "Registered owner: Torvald Reederei [2]",
    );
  });

  it("reads past a person or a place beside the point when a heading has all the rest", () => {
    const given = [
      {
        number: 1,
        title: "Kiln guide › Glazing a bowl",
        text: "Dip the bowl for three seconds. Let it dry.",
      },
      { number: 2, title: "Kiln guide › Safety", text: "Wear gloves. Keep the door shut." },
    ];
    expect(ask("How do I glaze a bowl with a neighbour?", given).text).toContain("Dip the bowl");
    expect(ask("How do I varnish a boat with a neighbour?", given).outcome).toBe("not_found");
  });

  it("tells how, not where it is told, and goes on to the sentence that says what to do", () => {
    const given = [
      {
        number: 1,
        title: "Kiln guide",
        text: "- The chapter on cooling explains how to stop the kiln.\n- The chapter on glazes explains colours.",
      },
      {
        number: 2,
        title: "Kiln guide › Stopping",
        text: "You can stop the kiln at any time. Turn the lower switch to the left and wait for the lamp.",
      },
    ];
    expect(ask("How do I stop the kiln?", given).text).toBe(
      "You can stop the kiln at any time. [2] Turn the lower switch to the left and wait for the lamp. [2]",
    );
  });

  it("never quotes the header of a table alone", () => {
    const given = [
      {
        number: 1,
        title: "Firing",
        text: "| Firing of a bowl | Remark |\n| --- | --- |\n| Biscuit | slow |\n\nFire the bowl overnight.",
      },
    ];
    expect(ask("How do I fire a bowl?", given).text).toBe("Fire the bowl overnight. [1]");
  });

  it("wants a date for when, an amount for how much, and someone for who", () => {
    const given = [
      { number: 1, title: "Claim", text: "Claim: K-19-2046\nFile: 12-4" },
      {
        number: 2,
        title: "Letter",
        text: "The claim for the kiln is open. The claim for the kiln amounts to EUR 4,350. It was lodged on 4 May 2021. The claim was lodged with a form. The potter lodged the claim.",
      },
    ];
    expect(ask("How much is the claim for the kiln?", given).text).toContain("amounts to EUR 4,350. [2]");
    expect(ask("How much is the claim for the kiln?", given).text).not.toContain("K-19");
    expect(ask("When was the claim lodged?", given).text).toContain("It was lodged on 4 May 2021. [2]");
    expect(ask("When was the claim lodged?", given).text).not.toContain("with a form");
  });

  it("names the person asked for rather than the event alone", () => {
    expect(ask("Who approved the replacement of the pump?").text).toContain(
      "Approved by M. Lindqvist on the same day. [2]",
    );
  });

  it.each(["What is the boiling point of ethanol?", "Who designed the cathedral in Reims?", "hello", ""])(
    "refuses %j with the agreed sentence",
    (question) => {
      const answer = ask(question);
      expect(answer.text).toBe(NOT_FOUND_ANSWER);
      expect(answer.outcome).toBe("not_found");
    },
  );

  it("refuses when retrieval found nothing, and says so honestly to a plain client with no text at all", () => {
    expect(ask("Who may cancel a sailing?", []).text).toBe(NOT_FOUND_ANSWER);
    expect(answerFromSources([{ role: "user", content: "Who may cancel a sailing?" }]).text).toBe(
      NO_SOURCES_ANSWER,
    );
  });

  it("quotes text pasted into plain messages, without markers", () => {
    const answer = answerFromSources([
      {
        role: "user",
        content: "The lighthouse was built in 1871. Its keeper lived in the tower until 1962.",
      },
      { role: "user", content: "When was the lighthouse built?" },
    ]);
    expect(answer.text).toBe("The lighthouse was built in 1871.");
  });

  it("gives an overview of what the sources say", () => {
    const answer = ask("What are these documents about?");
    expect(answer.outcome).toBe("answered");
    expect(new Set(answer.sentences.map((sentence) => sentence.source))).toEqual(new Set([1, 2]));
  });

  it("takes the headings that stand in a source's title for the passage's own", () => {
    const given = [
      { number: 1, title: "Handbook › Lost property", text: "Items go to pier 4. Ask for the green book." },
      { number: 2, title: "Handbook › Opening hours", text: "- Weekdays: 06:00 to 22:00\n- Sunday: closed" },
    ];
    expect(ask("What are the opening hours?", given).text).toBe(
      "- Weekdays: 06:00 to 22:00 [2]\n- Sunday: closed [2]",
    );
  });

  it("does not say the same thing twice", () => {
    const twice = [...sources, { number: 3, title: "Copy", text: handbook }];
    expect(ask("Who may cancel a sailing?", twice).sentences).toHaveLength(1);
  });

  it("never answers with the question it found in the text", () => {
    const faq = [
      { number: 1, title: "FAQ", text: "Can I bring a bicycle? Bicycles travel free on every sailing." },
    ];
    expect(ask("Can I bring a bicycle?", faq).text).toBe("Bicycles travel free on every sailing. [1]");
  });

  it("works in other languages", () => {
    const german = [
      { number: 1, title: "Bordbuch", text: "Die Pumpe wurde im Mai 2021 ersetzt. Der Rumpf ist blau." },
    ];
    expect(ask("Wann wurde die Pumpe ersetzt?", german).text).toBe(
      "Die Pumpe wurde im Mai 2021 ersetzt. [1]",
    );
    const chinese = [{ number: 1, title: "日志", text: "水泵于五月更换。船体是蓝色的。" }];
    expect(ask("水泵什么时候更换？", chinese).text).toBe("水泵于五月更换。 [1]");
  });

  it("quotes word for word: every sentence is its source's text with white space collapsed", () => {
    for (const question of [
      "When was the pump replaced?",
      "How do I report a lost item?",
      "What is the fare?",
    ]) {
      for (const sentence of ask(question).sentences) {
        const text = sources.find((source) => source.number === sentence.source)?.text ?? "";
        expect(text.slice(sentence.start, sentence.end).replace(/\s+/g, " ")).toBe(sentence.text);
      }
    }
  });

  it("answers equal messages equally", () => {
    expect(ask("When was the pump replaced?")).toEqual(ask("When was the pump replaced?"));
  });
});
