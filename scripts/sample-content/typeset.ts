import { type Color, PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from "pdf-lib";
import { breakLines, columnWidths } from "./measure-text.ts";
import type { ColumnAlign, SampleSource, SourceBlock } from "./read-source.ts";

// Lengths are in points (1/72 inch); A4 is 595 x 842.
const PAGE = { width: 595.28, height: 841.89, left: 72, right: 72, top: 84, bottom: 76 };
const GUTTER = 34;
// The cursor is a baseline: the last line of a page may reach this far into the step below it.
const BASELINE_SLACK = 12;
const INK = rgb(0.12, 0.12, 0.14);
const SOFT = rgb(0.42, 0.43, 0.47);
const RULE = rgb(0.78, 0.79, 0.82);

interface Fonts {
  serif: PDFFont;
  serifItalic: PDFFont;
  sans: PDFFont;
  sansBold: PDFFont;
}

interface Style {
  font: PDFFont;
  size: number;
  leading: number;
  color: Color;
}

/** Where the next line goes: the page, the column on it and the height still free. */
interface Cursor {
  page: PDFPage;
  column: number;
  y: number;
  columnTop: number;
}

/**
 * Sets one source text as an A4 PDF and returns its bytes. The same source gives the same bytes:
 * dates come from the source, nothing from the clock.
 *
 * Each line is one string in a standard font (WinAnsi), lines break at spaces only and words are
 * never hyphenated, so text extraction gives back the words in reading order.
 */
export async function typeset(source: SampleSource): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  const date = new Date(`${source.date}T09:00:00Z`);
  pdf.setTitle(source.subtitle ? `${source.title}: ${source.subtitle}` : source.title);
  pdf.setAuthor(source.issuer);
  pdf.setCreationDate(date);
  pdf.setModificationDate(date);
  pdf.setProducer("Vouch sample documents");
  pdf.setLanguage("en-GB");
  const fonts: Fonts = {
    serif: await pdf.embedFont(StandardFonts.TimesRoman),
    serifItalic: await pdf.embedFont(StandardFonts.TimesRomanItalic),
    sans: await pdf.embedFont(StandardFonts.Helvetica),
    sansBold: await pdf.embedFont(StandardFonts.HelveticaBold),
  };
  const setter = new Setter(pdf, fonts, source);
  setter.titleBlock();
  for (const block of source.blocks) setter.block(block);
  setter.pageNumbers();
  return pdf.save({ useObjectStreams: false });
}

/** Carries the cursor through one document. */
class Setter {
  readonly #pdf: PDFDocument;
  readonly #fonts: Fonts;
  readonly #source: SampleSource;
  readonly #columnWidth: number;
  #cursor: Cursor;

  constructor(pdf: PDFDocument, fonts: Fonts, source: SampleSource) {
    this.#pdf = pdf;
    this.#fonts = fonts;
    this.#source = source;
    const width = PAGE.width - PAGE.left - PAGE.right;
    this.#columnWidth = source.columns === 2 ? (width - GUTTER) / 2 : width;
    this.#cursor = this.#newPage();
  }

  titleBlock(): void {
    const { page } = this.#cursor;
    const { sans, sansBold, serifItalic } = this.#fonts;
    page.drawText(this.#source.issuer, { x: PAGE.left, y: 778, size: 10.5, font: sansBold, color: INK });
    page.drawText(this.#source.issuerLine, { x: PAGE.left, y: 764, size: 9, font: sans, color: SOFT });
    this.#rule(754, PAGE.left, PAGE.width - PAGE.right);
    this.#cursor.y = 712;
    this.#lines(this.#source.title, { font: sansBold, size: 21, leading: 26, color: INK }, this.#fullWidth());
    if (this.#source.subtitle) {
      const style = { font: serifItalic, size: 14.5, leading: 18, color: SOFT };
      this.#cursor.y += 4;
      this.#lines(this.#source.subtitle, style, this.#fullWidth());
    }
    this.#cursor.y -= 12;
    this.#cursor.columnTop = this.#cursor.y;
  }

  block(block: SourceBlock): void {
    switch (block.kind) {
      case "heading":
        this.#heading(block.text);
        break;
      case "paragraph":
        this.#lines(block.text, this.#body(), this.#columnWidth);
        this.#cursor.y -= 6;
        break;
      case "item":
        this.#item(block.label, block.text);
        break;
      case "facts":
        this.#facts(block.rows);
        break;
      case "table":
        this.#table(block.rows, block.align);
        break;
      case "break":
        this.#next();
    }
  }

  pageNumbers(): void {
    const pages = this.#pdf.getPages();
    pages.forEach((page, index) => {
      const font = this.#fonts.sans;
      const label = `Page ${index + 1} of ${pages.length}`;
      const x = PAGE.width - PAGE.right - font.widthOfTextAtSize(label, 8.5);
      page.drawText(label, { x, y: 42, size: 8.5, font, color: SOFT });
    });
  }

  #heading(text: string): void {
    // Three lines must fit below a heading, or it moves on with its text.
    this.#room(66);
    if (this.#cursor.y < this.#cursor.columnTop) this.#cursor.y -= 8;
    // Big enough over the body text to be told from it by size alone.
    const size = this.#source.columns === 2 ? 12.5 : 13.5;
    const style = { font: this.#fonts.sansBold, size, leading: size + 4, color: INK };
    this.#lines(text, style, this.#columnWidth);
    this.#cursor.y -= 3;
  }

  #item(label: string, text: string): void {
    const style = this.#body();
    const indent = label.endsWith(".") ? 16 : 32;
    this.#room(style.leading);
    const { page, y } = this.#cursor;
    page.drawText(label, { x: this.#x(), y, size: style.size, font: style.font, color: INK });
    this.#lines(text, style, this.#columnWidth - indent, indent);
    this.#cursor.y -= 5;
  }

  #facts(rows: [string, string][]): void {
    const { sans } = this.#fonts;
    for (const [label, value] of rows) {
      const { page, y } = this.#cursor;
      page.drawText(label, { x: this.#x(), y, size: 9.5, font: sans, color: SOFT });
      const style = { font: sans, size: 9.5, leading: 14, color: INK };
      this.#lines(value, style, this.#columnWidth - 130, 130);
    }
    this.#cursor.y -= 14;
  }

  #table(rows: string[][], align: ColumnAlign[]): void {
    const widths = columnWidths(rows, this.#fonts.sansBold, this.#columnWidth);
    const right = PAGE.left + widths.reduce((sum, width) => sum + width, 0);
    // A table of the usual size stays on one page.
    this.#room(17 * Math.min(rows.length, 14) + 10);
    this.#cursor.y -= 4;
    rows.forEach((cells, rowIndex) => {
      this.#room(17);
      let x = this.#x();
      cells.forEach((cell, index) => {
        const bold = rowIndex === 0 || cell.startsWith("**");
        const font = bold ? this.#fonts.sansBold : this.#fonts.sans;
        const text = cell.replaceAll("**", "");
        const width = widths[index] ?? 0;
        const shift = align[index] === "right" ? width - 8 - font.widthOfTextAtSize(text, 9) : 0;
        if (text)
          this.#cursor.page.drawText(text, { x: x + shift, y: this.#cursor.y, size: 9, font, color: INK });
        x += width;
      });
      this.#rule(this.#cursor.y - 5, this.#x(), right - 8, rowIndex === 0 ? SOFT : RULE);
      this.#cursor.y -= 17;
    });
    this.#cursor.y -= 8;
  }

  #lines(text: string, style: Style, width: number, indent = 0): void {
    const lines = breakLines(text, style.font, style.size, width);
    for (const [index, line] of lines.entries()) {
      // The first two lines stay together, and the last two: no single line at the end or the top of a page.
      const pair = lines.length > 1 && (index === 0 || index === lines.length - 2);
      this.#room(pair ? 2 * style.leading : style.leading);
      const { page, y } = this.#cursor;
      page.drawText(line, {
        x: this.#x() + indent,
        y,
        size: style.size,
        font: style.font,
        color: style.color,
      });
      this.#cursor.y -= style.leading;
    }
  }

  #body(): Style {
    const twoColumns = this.#source.columns === 2;
    return {
      font: this.#fonts.serif,
      size: twoColumns ? 10.5 : 11,
      leading: twoColumns ? 14 : 15,
      color: INK,
    };
  }

  #fullWidth(): number {
    return PAGE.width - PAGE.left - PAGE.right;
  }

  #x(): number {
    return PAGE.left + this.#cursor.column * (this.#columnWidth + GUTTER);
  }

  /** Moves to the next column or page when less than `height` is free. */
  #room(height: number): void {
    if (this.#cursor.y - height >= PAGE.bottom - BASELINE_SLACK) return;
    this.#next();
  }

  #next(): void {
    const { column, columnTop } = this.#cursor;
    if (column + 1 < this.#source.columns)
      this.#cursor = { ...this.#cursor, column: column + 1, y: columnTop };
    else this.#cursor = this.#newPage();
  }

  #newPage(): Cursor {
    const page = this.#pdf.addPage([PAGE.width, PAGE.height]);
    const y = PAGE.height - PAGE.top;
    if (this.#pdf.getPageCount() > 1) {
      page.drawText(this.#source.running, {
        x: PAGE.left,
        y: 796,
        size: 8.5,
        font: this.#fonts.sans,
        color: SOFT,
      });
      page.drawLine({
        start: { x: PAGE.left, y: 788 },
        end: { x: PAGE.width - PAGE.right, y: 788 },
        thickness: 0.5,
        color: RULE,
      });
    }
    return { page, column: 0, y, columnTop: y };
  }

  #rule(y: number, from: number, to: number, color: Color = RULE): void {
    this.#cursor.page.drawLine({ start: { x: from, y }, end: { x: to, y }, thickness: 0.5, color });
  }
}
