import type { Metadata } from "next";
import { foundOrNotFound } from "@/app/(reading)/evaluation/found-or-not-found.ts";
import { AdministratorsOnly } from "@/components/evaluation/administrators-only.tsx";
import { DatasetView } from "@/components/evaluation/dataset-view.tsx";
import { PageFrame } from "@/components/evaluation/page-frame.tsx";
import { findRuns, getDataset } from "@/lib/evaluation/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Dataset" };

export default async function DatasetPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const principal = await requirePagePrincipal(`/evaluation/datasets/${id}`);
  if (principal.role !== "admin") return <AdministratorsOnly />;
  const { dataset, items } = await foundOrNotFound([id], () => getDataset(principal, id));
  const runs = await findRuns(principal, { datasetId: id });
  return (
    <PageFrame
      title={dataset.name}
      crumbs={[{ label: "Evaluation", href: "/evaluation" }]}
      lead={dataset.description}
    >
      <DatasetView dataset={dataset} items={items} runs={runs} />
    </PageFrame>
  );
}
