import type { Metadata } from "next";
import { PageFrame } from "@/components/evaluation/page-frame.tsx";
import { LimitsView } from "@/components/limits/limits-view.tsx";
import { AdministratorsOnly } from "@/components/shell/administrators-only.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Limits" };

export default async function LimitsPage() {
  const principal = await requirePagePrincipal("/router/limits");
  if (principal.role !== "admin") {
    return (
      <AdministratorsOnly>
        Here an administrator sets what people and API keys may take of the models.
      </AdministratorsOnly>
    );
  }
  return (
    <PageFrame
      title="Limits"
      crumbs={[{ label: "Router", href: "/router" }]}
      lead="What the organisation, each person and each API key may take of the models. Every limit that applies holds at once."
    >
      <LimitsView />
    </PageFrame>
  );
}
