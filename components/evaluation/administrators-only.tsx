"use client";

import { AdministratorsOnly as AdministratorsOnlyPage } from "@/components/shell/administrators-only.tsx";

/** What everybody else sees in the place of the evaluation. */
export function AdministratorsOnly() {
  return (
    <AdministratorsOnlyPage>
      Here an administrator measures how well Vouch finds, cites and answers, and compares settings. Ask one
      if you need a figure.
    </AdministratorsOnlyPage>
  );
}
