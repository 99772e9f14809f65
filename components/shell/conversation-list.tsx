"use client";

import { usePathname, useRouter } from "next/navigation";
import { useState } from "react";
import { ConversationItem } from "@/components/shell/conversation-item.tsx";
import { groupByDate } from "@/components/shell/group-by-date.ts";
import { useShell } from "@/components/shell/shell-context.tsx";
import { type ConversationListState, useConversations } from "@/components/shell/use-conversations.ts";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";

/** The search field and the conversations by date. */
export function ConversationList({ onNavigate }: { readonly onNavigate: () => void }) {
  const { revision, refreshConversations, startNewConversation } = useShell();
  const [query, setQuery] = useState("");
  const list = useConversations(query, revision);
  const router = useRouter();
  const currentId = /^\/c\/([^/]+)/.exec(usePathname())?.[1];
  const onDeleted = (id: string) => {
    refreshConversations();
    if (id !== currentId) return;
    startNewConversation();
    router.push("/");
  };
  return (
    <>
      <div className="px-3">
        <Input
          type="search"
          aria-label="Search conversations"
          placeholder="Search conversations"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          className="h-9! text-sm"
        />
      </div>
      <nav aria-label="Conversations" className="min-h-0 flex-1 overflow-y-auto px-3 pb-4">
        <ListState list={list} query={query} onRetry={refreshConversations} />
        <Groups
          list={list}
          currentId={currentId}
          onNavigate={onNavigate}
          onChanged={refreshConversations}
          onDeleted={onDeleted}
        />
      </nav>
    </>
  );
}

interface GroupsProps {
  readonly list: ConversationListState;
  readonly currentId: string | undefined;
  readonly onNavigate: () => void;
  readonly onChanged: () => void;
  readonly onDeleted: (id: string) => void;
}

function Groups({ list, currentId, onNavigate, onChanged, onDeleted }: GroupsProps) {
  if (list.conversations === null || list.loadedAt === null) return null;
  return groupByDate(list.conversations, list.loadedAt).map((group) => (
    <section key={group.name} aria-label={group.name} className="mt-4">
      <h2 className="px-2.5 pb-1 font-medium text-muted text-xs">{group.name}</h2>
      <ul className="flex flex-col gap-px">
        {group.conversations.map((conversation) => (
          <li key={conversation.id}>
            <ConversationItem
              conversation={conversation}
              isCurrent={conversation.id === currentId}
              onOpen={onNavigate}
              onChanged={onChanged}
              onDeleted={() => onDeleted(conversation.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  ));
}

interface ListStateProps {
  readonly list: ConversationListState;
  readonly query: string;
  readonly onRetry: () => void;
}

function ListState({ list, query, onRetry }: ListStateProps) {
  if (list.error) {
    return (
      <div role="alert" className="mt-4 flex flex-col items-start gap-2 px-2.5 text-muted text-sm">
        <p>{list.error}</p>
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      </div>
    );
  }
  if (list.conversations === null) {
    return (
      <div className="mt-5 px-2.5">
        <SkeletonText lines={4} label="Loading conversations" />
      </div>
    );
  }
  if (list.conversations.length > 0) return null;
  return (
    <p className="mt-4 px-2.5 text-muted text-sm">
      {query.trim() === "" ? "Your conversations will be listed here." : "No conversation holds these words."}
    </p>
  );
}
