"use client";

import { Share2 } from "lucide-react";
import { useState } from "react";
import { ShareDialog } from "@/components/share/share-dialog.tsx";
import { Button } from "@/components/ui/button.tsx";

export interface ConversationHeaderProps {
  readonly conversationId: string | undefined;
  readonly title: string;
}

/** Title of the conversation and the way to share it. */
export function ConversationHeader({ conversationId, title }: ConversationHeaderProps) {
  const [isSharing, setIsSharing] = useState(false);
  return (
    <header className="flex h-13 shrink-0 items-center justify-between gap-3 border-line border-b px-4 sm:px-6">
      <h1 className="min-w-0 truncate font-medium text-sm">{title}</h1>
      <Button size="small" disabled={conversationId === undefined} onClick={() => setIsSharing(true)}>
        <Share2 aria-hidden />
        Share
      </Button>
      {conversationId !== undefined && (
        <ShareDialog conversationId={conversationId} isOpen={isSharing} onOpenChange={setIsSharing} />
      )}
    </header>
  );
}
