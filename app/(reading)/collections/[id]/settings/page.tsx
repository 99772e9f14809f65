import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { SettingsView } from "@/components/documents/settings/settings-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { isId } from "@/lib/shared/ids.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}) {
  const { id } = await params;
  await requirePagePrincipal(`/collections/${id}/settings`);
  if (!isId(id)) notFound();
  return <SettingsView key={id} collectionId={id} />;
}
