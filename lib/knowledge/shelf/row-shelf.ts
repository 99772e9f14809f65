import { PassageRows } from "./passage-rows.ts";

/** What every shelf tells of its rows. */
export abstract class RowShelf {
  protected readonly rows = new PassageRows();

  /** The highest number seen. */
  get mark(): number {
    return this.rows.mark;
  }

  /** Rows that can be found. */
  get size(): number {
    return this.rows.size;
  }

  /** True when so many rows are gone that it should be read anew. */
  get isWorn(): boolean {
    return this.rows.isWorn;
  }
}
