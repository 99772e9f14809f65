import { describe, expect, it } from "vitest";
import { placesOf, readSound } from "../test-fixtures.ts";

describe("reading a page", () => {
  it("gives headings, paragraphs, lists with their marks, tables and code", async () => {
    const file = await readSound(
      "page.html",
      `<!doctype html><html><head><title>Pumps &amp; more</title><style>p{}</style></head><body>
       <nav><a href="/">Home</a></nav><h1>Pumps</h1><p>One <b>strong</b>
       word.<br>A line.</p>loose text
       <ol start="3"><li>Seal<ul><li>Ring</li></ul></li><li>Shaft</li></ol>
       <table><tr><th>Part</th><th>Price</th></tr><tr><td rowspan="2">Seal</td><td>3</td></tr><tr><td>4</td></tr></table>
       <pre>if (a) {\n  b();\n}</pre><script>alert(1)</script><p hidden>never</p></body></html>`,
    );
    expect(file.text).toBe(
      "Pumps\n\nOne strong word.\nA line.\n\nloose text\n\n3. Seal\n- Ring\n4. Shaft\n\nPart | Price\nSeal | 3\nSeal | 4\n\nif (a) {\n  b();\n}",
    );
    expect(file.title).toBe("Pumps & more");
    expect(file.headings).toMatchObject([{ level: 1, title: "Pumps" }]);
    expect(placesOf(file).at(-2)).toEqual(["Seal | 4", "table 1, row 3"]);
  });

  const sentence = (index: number) =>
    `Sentence ${index} tells at some length what the pump does, when it was made, and by whom.`;
  const article = Array.from(
    { length: 30 },
    (_, index) => `<p>${sentence(index)} ${sentence(index + 100)}</p>`,
  ).join("");

  it("leaves out what stands around an article", async () => {
    const around =
      '<div class="sidebar"><ul><li><a href="#">Subscribe now</a></li><li><a href="#">Cookies</a></li></ul></div>';
    const file = await readSound(
      "long.html",
      `<html><body>${around}<article><h1>Pump</h1>${article}</article>${around}</body></html>`,
    );
    expect(file.text).toContain("Sentence 29 tells");
    expect(file.text).not.toContain("Subscribe");
  });

  it("takes the whole body when the article would leave out much", async () => {
    const table = `<div class="sidebar widget">${Array.from({ length: 60 }, (_, index) => `<div><span>Value ${index}: the measured flow was ${index * 3} litres</span></div>`).join("")}</div>`;
    const file = await readSound(
      "data.html",
      `<html><body><article>${article.slice(0, 2_500)}</article>${table}</body></html>`,
    );
    expect(file.text).toContain("Value 59: the measured flow was 177 litres");
  });

  it("reads pages in the encoding that they declare, unless a byte order mark says another", async () => {
    const page = Buffer.concat([
      Buffer.from('<html><head><meta charset="iso-8859-2"></head><body>'),
      Buffer.from([0xb3, 0xf3, 0x64, 0xbc]),
      Buffer.from("</body></html>"),
    ]);
    expect((await readSound("pl.html", page)).text).toBe("łódź");
    const marked = '\uFEFF<html><head><meta charset="iso-8859-2"></head><body>łódź</body></html>';
    expect((await readSound("pl.html", marked)).text).toBe("łódź");
  });

  it("refuses a page that is nothing but tags, or nested without end", async () => {
    await expect(readSound("tags.html", `<html><body>${"<b>".repeat(400_000)}x`)).rejects.toMatchObject({
      code: "document_too_complex",
    });
    await expect(readSound("deep.html", `<html><body>${"<div>".repeat(2_000)}x`)).rejects.toMatchObject({
      code: "document_too_complex",
    });
  });
});
