import type { Metadata } from "next";
import { foundOrNotFound } from "@/app/(reading)/evaluation/found-or-not-found.ts";
import { AdministratorsOnly } from "@/components/evaluation/administrators-only.tsx";
import { ItemView } from "@/components/evaluation/item-view.tsx";
import { PageFrame } from "@/components/evaluation/page-frame.tsx";
import { getRunItem, getRunWithItems } from "@/lib/evaluation/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { ERROR_TABLE } from "@/lib/shared/error-table.ts";
import { isErrorCode } from "@/lib/shared/errors.ts";

export const metadata: Metadata = { title: "Question" };

interface ItemPageProps {
  readonly params: Promise<{ readonly id: string; readonly itemId: string }>;
}

export default async function ItemPage({ params }: ItemPageProps) {
  const { id, itemId } = await params;
  const principal = await requirePagePrincipal(`/evaluation/runs/${id}/items/${itemId}`);
  if (principal.role !== "admin") return <AdministratorsOnly />;
  const detail = await foundOrNotFound([id, itemId], () => getRunItem(principal, id, itemId));
  const { run, items } = await getRunWithItems(principal, id);
  const position = items.findIndex((item) => item.id === itemId);
  const hrefAt = (index: number) => {
    const neighbour = items[index];
    return neighbour === undefined ? null : `/evaluation/runs/${id}/items/${neighbour.id}`;
  };
  return (
    <PageFrame
      title={detail.question}
      crumbs={[
        { label: "Evaluation", href: "/evaluation" },
        { label: run.datasetName, href: `/evaluation/datasets/${run.datasetId}` },
        { label: "Run", href: `/evaluation/runs/${id}` },
      ]}
    >
      <ItemView
        detail={detail}
        errorMessage={isErrorCode(detail.errorCode) ? ERROR_TABLE[detail.errorCode].message : null}
        previousHref={hrefAt(position - 1)}
        nextHref={hrefAt(position + 1)}
      />
    </PageFrame>
  );
}
