"use client";

import { Pencil } from "lucide-react";
import { memo, useRef, useState } from "react";
import { BranchSwitcher } from "@/components/chat/branch-switcher.tsx";
import { messageText, type VouchMessage } from "@/components/chat/vouch-message.ts";
import { IconButton } from "@/components/ui/button.tsx";
import { EditForm } from "@/components/ui/edit-form.tsx";

const QUESTION_LENGTH_MAX = 8000;

export interface UserMessageProps {
  readonly message: VouchMessage;
  readonly isBusy: boolean;
  readonly siblings: readonly string[];
  readonly onEdit: (id: string, text: string) => void;
  readonly onShowSibling: (id: string) => void;
}

/** A question, with its versions; editing it asks a new version and keeps the old. */
export const UserMessage = memo(function UserMessage(props: UserMessageProps) {
  const { message, isBusy } = props;
  const [isEditing, setIsEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const text = messageText(message);
  const close = () => {
    setIsEditing(false);
    // The button is drawn again only after this render.
    requestAnimationFrame(() => editButton.current?.focus());
  };
  if (isEditing) {
    return (
      <EditForm
        label="Edit question"
        fieldLabel="Question"
        text={text}
        lengthMax={QUESTION_LENGTH_MAX}
        submitLabel="Ask again"
        onCancel={close}
        onSubmit={(changed) => {
          setIsEditing(false);
          props.onEdit(message.id, changed);
        }}
      />
    );
  }
  return (
    <article aria-label="Question" className="group flex flex-col items-end">
      <p className="max-w-[85%] whitespace-pre-wrap rounded-2xl rounded-br-md bg-hover px-4 py-2.5 [overflow-wrap:anywhere]">
        {text}
      </p>
      <div className="mt-0.5 flex items-center gap-0.5">
        <BranchSwitcher
          ids={props.siblings}
          currentId={message.id}
          noun="question"
          isDisabled={isBusy}
          onSelect={props.onShowSibling}
        />
        <IconButton
          ref={editButton}
          label="Edit question"
          disabled={isBusy}
          onClick={() => setIsEditing(true)}
          className="pointer-fine:opacity-0 focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100"
        >
          <Pencil aria-hidden />
        </IconButton>
      </div>
    </article>
  );
});
