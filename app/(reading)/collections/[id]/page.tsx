import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CollectionView } from "@/components/documents/collection-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { isId } from "@/lib/shared/ids.ts";

export const metadata: Metadata = { title: "Documents" };

export default async function CollectionPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}) {
  const { id } = await params;
  const { role } = await requirePagePrincipal(`/collections/${id}`);
  if (!isId(id)) notFound();
  return <CollectionView key={id} collectionId={id} maySchedule={role !== "member"} />;
}
