import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AccessView } from "@/components/documents/access/access-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { isId } from "@/lib/shared/ids.ts";

export const metadata: Metadata = { title: "Access" };

export default async function AccessPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  await requirePagePrincipal(`/collections/${id}/access`);
  if (!isId(id)) notFound();
  return <AccessView key={id} collectionId={id} />;
}
