const LINE_CHARACTERS = 88;
const LINES_PER_PAGE = 52;

/** A PDF of so many full pages of plain text (PDF 1.7, Helvetica, nothing compressed), its words taken in turn. */
export function makePdf(words: readonly string[], pageCount: number): Buffer {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  const pageNumbers: number[] = [];
  let next = 0;
  for (let page = 0; page < pageCount; page += 1) {
    const lines: string[] = [];
    while (lines.length < LINES_PER_PAGE) {
      let line = "";
      while (line.length < LINE_CHARACTERS) {
        line += `${words[next % words.length] ?? ""} `;
        next += 1;
      }
      lines.push(`(${line.trim().replaceAll(/[\\()]/g, "\\$&")}) Tj T*`);
    }
    const content = `BT /F1 10 Tf 50 790 Td 14 TL\n${lines.join("\n")}\nET`;
    objects.push(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${objects.length} 0 R
/Resources << /Font << /F1 3 0 R >> >> >>`,
    );
    pageNumbers.push(objects.length);
  }
  objects[1] = `<< /Type /Pages /Count ${pageCount} /Kids [${pageNumbers.map((number) => `${number} 0 R`).join(" ")}] >>`;
  return assemble(objects);
}

/** Objects with their table of offsets, which are bytes: the text is ASCII. */
function assemble(objects: readonly string[]): Buffer {
  const parts = ["%PDF-1.7\n"];
  let at = parts[0]?.length ?? 0;
  const offsets = objects.map((object, index) => {
    const offset = at;
    const part = `${index + 1} 0 obj\n${object}\nendobj\n`;
    parts.push(part);
    at += part.length;
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  parts.push(
    `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`,
    `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
  );
  return Buffer.from(parts.join(""), "ascii");
}
