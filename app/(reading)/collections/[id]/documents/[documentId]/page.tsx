import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DocumentView } from "@/components/documents/inspect/document-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { isId } from "@/lib/shared/ids.ts";

export const metadata: Metadata = { title: "Document" };

interface DocumentPageProps {
  readonly params: Promise<{ readonly id: string; readonly documentId: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}

export default async function DocumentPage({ params, searchParams }: DocumentPageProps) {
  const { id, documentId } = await params;
  await requirePagePrincipal(`/collections/${id}/documents/${documentId}`);
  if (!isId(id) || !isId(documentId)) notFound();
  const { page, passage } = await searchParams;
  const wanted = Number(page ?? 1);
  return (
    <DocumentView
      key={documentId}
      collectionId={id}
      documentId={documentId}
      page={Number.isSafeInteger(wanted) && wanted > 0 ? wanted : 1}
      passageId={isId(passage) ? passage : null}
    />
  );
}
