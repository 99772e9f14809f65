import type { Metadata } from "next";
import { AdministratorsOnly } from "@/components/evaluation/administrators-only.tsx";
import { EvaluationHome } from "@/components/evaluation/evaluation-home.tsx";
import { PageFrame } from "@/components/evaluation/page-frame.tsx";
import { listModels } from "@/lib/chat/index.ts";
import { findDatasets, findRuns } from "@/lib/evaluation/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Evaluation" };

export default async function EvaluationPage() {
  const principal = await requirePagePrincipal("/evaluation");
  if (principal.role !== "admin") return <AdministratorsOnly />;
  const [datasets, runs] = await Promise.all([findDatasets(principal), findRuns(principal)]);
  return (
    <PageFrame
      title="Evaluation"
      lead="How well Vouch finds, cites and answers, measured on questions you know."
    >
      <EvaluationHome datasets={datasets} runs={runs} models={listModels()} />
    </PageFrame>
  );
}
