"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { dayWords } from "@/components/ui/format.ts";
import type { Share } from "@/lib/chat/schema.ts";

export interface ShareRowProps {
  readonly share: Share;
  readonly onRevoke: (id: string) => Promise<void>;
}

/** One link that works, with the way to end it. */
export function ShareRow({ share, onRevoke }: ShareRowProps) {
  return (
    <li className="flex items-center justify-between gap-3 py-1.5">
      <p className="min-w-0 text-sm">
        Created {dayWords(share.createdAt)}
        <span className="text-muted">, {shareDetails(share)}</span>
      </p>
      <Button size="small" onClick={() => void onRevoke(share.id)}>
        Revoke
      </Button>
    </li>
  );
}

/** "with quotes, until 3 May 2026" */
export function shareDetails(share: Share): string {
  const quotes = share.includesSources ? "with quotes" : "without quotes";
  return `${quotes}, ${share.expiresAt === null ? "no end date" : `until ${dayWords(share.expiresAt)}`}`;
}

/** Asks before it ends the link. */
export function RevokeButton({ share, onRevoke }: ShareRowProps) {
  const [isConfirming, setIsConfirming] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setIsConfirming(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        title="Revoke this link?"
        description="Whoever has it will find nothing there any more. This cannot be undone."
        confirmLabel="Revoke link"
        onConfirm={() => void onRevoke(share.id)}
      />
    </>
  );
}
