"use client";

import { createContext, useContext } from "react";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import type { CitationData } from "@/lib/chat/schema.ts";

/** What a citation button needs: what its number stands for and how to open it. */
export interface Evidence {
  readonly citationByMarker: ReadonlyMap<number, CitationData>;
  /** Numbers whose words no longer stand in their document. */
  readonly outdatedMarkers: ReadonlySet<number>;
  /** Opens the source; focus returns to `opener` when it closes. */
  readonly openSource: (target: SourceTarget, opener: HTMLElement) => void;
}

const EvidenceContext = createContext<Evidence>({
  citationByMarker: new Map(),
  outdatedMarkers: new Set(),
  openSource: () => undefined,
});

export const EvidenceProvider = EvidenceContext.Provider;

export function useEvidence(): Evidence {
  return useContext(EvidenceContext);
}
