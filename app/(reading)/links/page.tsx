import type { Metadata } from "next";
import { LinksView } from "@/components/share/links-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Shared links" };

export default async function LinksPage() {
  await requirePagePrincipal("/links");
  return <LinksView />;
}
