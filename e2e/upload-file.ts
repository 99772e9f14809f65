import { existsSync, readFileSync } from "node:fs";
import { PDFDocument, StandardFonts } from "pdf-lib";

/** A PDF to upload, and a question that only it answers. */
export interface UploadFile {
  readonly name: string;
  readonly buffer: Buffer;
  readonly question: string;
  /** Words that must stand in the answer. */
  readonly expected: RegExp;
}

const REPORT = "../shared/data/files/ntsb/20080102X00002.pdf";

/** A real accident report when the data lies beside the project, otherwise a report of our own. */
export async function uploadFile(): Promise<UploadFile> {
  if (existsSync(REPORT)) return realReport();
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  document
    .addPage([595, 842])
    .drawText("Page one holds the cover of the lighthouse report.", { x: 60, y: 760, size: 12, font });
  const lines = [
    "The lighthouse lamp was exchanged on 14 March 2019.",
    "The keeper noted that the old lamp had served for eleven years.",
  ];
  const page = document.addPage([595, 842]);
  for (const [index, line] of lines.entries())
    page.drawText(line, { x: 60, y: 700 - index * 18, size: 12, font });
  return {
    name: "lighthouse-report.pdf",
    buffer: Buffer.from(await document.save()),
    question: "When was the lighthouse lamp exchanged?",
    expected: /14 March 2019/,
  };
}

function realReport(): UploadFile {
  return {
    name: "20080102X00002.pdf",
    buffer: readFileSync(REPORT),
    question: "On what date was the Reims F172 M destroyed near Chevroux?",
    expected: /December 17, 2007/,
  };
}
