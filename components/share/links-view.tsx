"use client";

import Link from "next/link";
import { RevokeButton, shareDetails } from "@/components/share/share-row.tsx";
import { shareState, useShares } from "@/components/share/use-shares.ts";
import { PageFrame } from "@/components/shell/page-frame.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { dayWords } from "@/components/ui/format.ts";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { Share } from "@/lib/chat/schema.ts";

const STATE_WORDS = { active: "Works", revoked: "Revoked", expired: "Expired" } as const;

/** All links the reader has made. */
export function LinksView() {
  const { shares, error, reload, revoke } = useShares("/api/shares", true);
  return (
    <PageFrame
      title="Shared links"
      description="Anyone with one of these links can read that copy of a conversation."
    >
      {error && (
        <Notice
          tone="danger"
          role="alert"
          actions={
            <Button size="small" onClick={() => void reload()}>
              Try again
            </Button>
          }
        >
          {error}
        </Notice>
      )}
      {shares === null && !error && <SkeletonText lines={4} label="Loading your links" />}
      {shares?.length === 0 && (
        <p className="text-muted">You have shared nothing yet. Open a conversation and choose Share.</p>
      )}
      {shares && shares.length > 0 && (
        <ul className="flex flex-col border-line border-t">
          {shares.map((share) => (
            <LinkRow key={share.id} share={share} onRevoke={revoke} />
          ))}
        </ul>
      )}
    </PageFrame>
  );
}

interface LinkRowProps {
  readonly share: Share;
  readonly onRevoke: (id: string) => Promise<void>;
}

function LinkRow({ share, onRevoke }: LinkRowProps) {
  const state = shareState(share, new Date());
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-b py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex items-center gap-2">
          <Link
            href={`/c/${share.conversationId}`}
            prefetch={false}
            className="truncate font-medium hover:underline"
          >
            {share.title}
          </Link>
          <Badge tone={state === "active" ? "good" : "neutral"}>{STATE_WORDS[state]}</Badge>
        </p>
        <p className="text-muted text-sm">
          Created {dayWords(share.createdAt)}, {shareDetails(share)}
        </p>
      </div>
      {state === "active" && <RevokeButton share={share} onRevoke={onRevoke} />}
    </li>
  );
}
