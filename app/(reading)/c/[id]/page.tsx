import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { ConversationView } from "@/components/chat/conversation-view.tsx";
import { getConversation, listModels } from "@/lib/chat/index.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";
import { toAppError } from "@/lib/shared/errors.ts";
import { isId } from "@/lib/shared/ids.ts";

interface PageProps {
  readonly params: Promise<{ readonly id: string }>;
}

/** Once per request, for the title and the page. */
const loadConversation = cache(async (id: string) => {
  const principal = await requirePagePrincipal(`/c/${id}`);
  if (!isId(id)) notFound();
  const conversation = await getConversation(principal, id).catch((error: unknown) => {
    if (toAppError(error).code === "not_found") notFound();
    throw error;
  });
  return { conversation, personId: principal.userId };
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: (await loadConversation((await params).id)).conversation.title };
}

export default async function ConversationPage({ params }: PageProps) {
  const { conversation, personId } = await loadConversation((await params).id);
  return (
    <ConversationView
      key={conversation.id}
      conversation={conversation}
      suggestions={[]}
      models={listModels()}
      personId={personId}
    />
  );
}
