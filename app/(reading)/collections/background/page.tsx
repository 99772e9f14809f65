import type { Metadata } from "next";
import { BackgroundView } from "@/components/documents/background/background-view.tsx";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Background work" };

export default async function BackgroundPage() {
  const { role } = await requirePagePrincipal("/collections/background");
  return <BackgroundView maySchedule={role !== "member"} />;
}
