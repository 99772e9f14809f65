"use client";

import { createContext, useContext } from "react";

/** On pages without a source panel a citation leads to its footnote. */
export interface Footnotes {
  /** Start of the footnotes' element ids; the marker follows. */
  readonly prefix: string;
  /** Title and page by marker. */
  readonly places: ReadonlyMap<number, string>;
}

const FootnoteContext = createContext<Footnotes | null>(null);

export const FootnoteProvider = FootnoteContext.Provider;

export function useFootnotes(): Footnotes | null {
  return useContext(FootnoteContext);
}
