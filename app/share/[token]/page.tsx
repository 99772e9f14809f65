import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { SharedConversation } from "@/components/share/shared-conversation.tsx";
import { readShare } from "@/lib/chat/index.ts";

interface PageProps {
  readonly params: Promise<{ readonly token: string }>;
}

/** Once per request, for the title and the page. */
const loadShare = cache(async (token: string) => (await readShare(token)) ?? notFound());

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { title } = await loadShare((await params).token);
  return { title, robots: { index: false, follow: false, noarchive: true }, referrer: "no-referrer" };
}

export default async function SharePage({ params }: PageProps) {
  return <SharedConversation snapshot={await loadShare((await params).token)} />;
}
