import type { Metadata } from "next";
import { foundOrNotFound } from "@/app/(reading)/evaluation/found-or-not-found.ts";
import { AdministratorsOnly } from "@/components/evaluation/administrators-only.tsx";
import { PageFrame } from "@/components/evaluation/page-frame.tsx";
import { RunView } from "@/components/evaluation/run-view.tsx";
import { settingsLine } from "@/components/evaluation/run-words.ts";
import { compareRuns, findPreviousRun, findRuns, getRunWithItems } from "@/lib/evaluation/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Run" };

interface RunPageProps {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<{ readonly with?: string | string[] }>;
}

export default async function RunPage({ params, searchParams }: RunPageProps) {
  const { id } = await params;
  const principal = await requirePagePrincipal(`/evaluation/runs/${id}`);
  if (principal.role !== "admin") return <AdministratorsOnly />;
  const loaded = await foundOrNotFound([id], () => getRunWithItems(principal, id));
  const { run } = loaded;
  const runs = await findRuns(principal, { datasetId: run.datasetId });
  const others = runs.filter((other) => other.id !== id && other.itemsDone > 0);
  const chosen = (await searchParams).with ?? (await findPreviousRun(principal, id));
  const baseline = others.find((other) => other.id === chosen);
  const comparison = baseline === undefined ? null : await compareRuns(principal, id, baseline.id);
  return (
    <PageFrame
      title={`${run.datasetName}: ${settingsLine(run.configuration)}`}
      crumbs={[
        { label: "Evaluation", href: "/evaluation" },
        { label: run.datasetName, href: `/evaluation/datasets/${run.datasetId}` },
      ]}
    >
      <RunView loaded={loaded} others={others} comparison={comparison} />
    </PageFrame>
  );
}
