"use client";

import { MoreHorizontal } from "lucide-react";
import Link from "next/link";
import { useId, useRef, useState } from "react";
import { requestDone } from "@/components/http/request-json.ts";
import { classNames } from "@/components/ui/class-names.ts";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Input } from "@/components/ui/input.tsx";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu.tsx";
import type { ConversationSummary } from "@/lib/chat/schema.ts";

export interface ConversationItemProps {
  readonly conversation: ConversationSummary;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
  readonly onChanged: () => void;
  readonly onDeleted: () => void;
}

/** One conversation of the sidebar: opens, renames, deletes. */
export function ConversationItem(props: ConversationItemProps) {
  const { conversation, isCurrent } = props;
  const titleId = useId();
  const [isRenaming, setIsRenaming] = useState(false);
  const [isConfirming, setIsConfirming] = useState(false);
  const path = `/api/conversations/${conversation.id}`;
  const rename = async (title: string) => {
    setIsRenaming(false);
    if (title === "" || title === conversation.title) return;
    await requestDone(path, { method: "PATCH", body: { title } }).catch(() => undefined);
    props.onChanged();
  };
  const remove = async () => {
    await requestDone(path, { method: "DELETE" }).then(props.onDeleted, props.onChanged);
  };
  if (isRenaming) return <RenameField title={conversation.title} onDone={rename} />;
  return (
    <div
      className={classNames(
        "group relative flex items-center rounded-md",
        isCurrent ? "bg-hover font-medium" : "hover:bg-hover",
      )}
    >
      <Link
        id={titleId}
        href={`/c/${conversation.id}`}
        prefetch={false}
        aria-current={isCurrent ? "page" : undefined}
        onClick={props.onOpen}
        className="min-w-0 flex-1 truncate rounded-md py-1.5 pr-8 pl-2.5 text-sm"
      >
        {conversation.title}
      </Link>
      <ItemMenu
        titleId={titleId}
        onRename={() => setIsRenaming(true)}
        onDelete={() => setIsConfirming(true)}
      />
      <ConfirmDialog
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        title="Delete this conversation?"
        description={`“${conversation.title}” and its shared links will be gone for good.`}
        confirmLabel="Delete conversation"
        onConfirm={() => void remove()}
      />
    </div>
  );
}

interface ItemMenuProps {
  /** Id of the element that holds the title: it says whose actions these are. */
  readonly titleId: string;
  readonly onRename: () => void;
  readonly onDelete: () => void;
}

function ItemMenu({ titleId, onRename, onDelete }: ItemMenuProps) {
  return (
    <Menu>
      <MenuTrigger
        aria-label="Conversation actions"
        aria-describedby={titleId}
        className="absolute right-1 rounded p-1 text-muted hover:text-ink focus-visible:opacity-100 pointer-fine:opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100"
      >
        <MoreHorizontal className="size-4" aria-hidden />
      </MenuTrigger>
      {/* Focus must not go back to the trigger: the rename field or the dialog takes it. */}
      <MenuContent align="start" onCloseAutoFocus={(event) => event.preventDefault()}>
        <MenuItem onSelect={onRename}>Rename</MenuItem>
        <MenuItem isDangerous onSelect={onDelete}>
          Delete
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}

interface RenameFieldProps {
  readonly title: string;
  readonly onDone: (title: string) => Promise<void>;
}

function RenameField({ title, onDone }: RenameFieldProps) {
  const [draft, setDraft] = useState(title);
  const isCancelled = useRef(false);
  return (
    <Input
      aria-label="Conversation title"
      // The reader has just asked to rename; the field is where they expect to type.
      ref={(field) => field?.focus()}
      maxLength={200}
      value={draft}
      className="h-8! px-2! text-sm"
      onChange={(event) => setDraft(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={() => void onDone(isCancelled.current ? title : draft.trim())}
      onKeyDown={(event) => {
        if (event.key === "Escape") isCancelled.current = true;
        if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}
