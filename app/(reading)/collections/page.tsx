import type { Metadata } from "next";
import { CollectionsView } from "@/components/documents/collections-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Documents" };

export default async function CollectionsPage() {
  const { role } = await requirePagePrincipal("/collections");
  return <CollectionsView maySchedule={role !== "member"} />;
}
