import type { Metadata } from "next";
import Link from "next/link";
import { PageFrame } from "@/components/evaluation/page-frame.tsx";
import { RouterView } from "@/components/router/router-view.tsx";
import { AdministratorsOnly } from "@/components/shell/administrators-only.tsx";
import { Button } from "@/components/ui/button.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { liveRouterState } from "@/lib/router/index.ts";

export const metadata: Metadata = { title: "Router" };

export default async function RouterPage() {
  const principal = await requirePagePrincipal("/router");
  if (principal.role !== "admin") {
    return (
      <AdministratorsOnly>
        Here an administrator sees how the models and the servers behind them do, and sets limits.
      </AdministratorsOnly>
    );
  }
  return (
    <PageFrame
      title="Router"
      lead="Which models there are, where they are served, and how those places do now."
      actions={
        <Button asChild size="small">
          <Link href="/router/limits">Limits</Link>
        </Button>
      }
    >
      <RouterView initial={liveRouterState()} />
    </PageFrame>
  );
}
