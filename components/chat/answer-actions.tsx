"use client";

import { Check, Copy, RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { BranchSwitcher } from "@/components/chat/branch-switcher.tsx";
import { IconButton } from "@/components/ui/button.tsx";

const COPIED_SHOWN_MS = 2000;

export interface AnswerActionsProps {
  readonly messageId: string;
  readonly text: string;
  readonly siblings: readonly string[];
  readonly isBusy: boolean;
  readonly onRegenerate: () => void;
  readonly onShowSibling: (id: string) => void;
}

/** The row under a finished answer: versions, copy, write again. */
export function AnswerActions(props: AnswerActionsProps) {
  return (
    <div className="mt-2 -ml-1.5 flex items-center gap-0.5">
      <BranchSwitcher
        ids={props.siblings}
        currentId={props.messageId}
        noun="answer"
        isDisabled={props.isBusy}
        onSelect={props.onShowSibling}
      />
      {props.text !== "" && <CopyButton text={props.text} />}
      <IconButton label="Write another answer" disabled={props.isBusy} onClick={props.onRegenerate}>
        <RefreshCw aria-hidden />
      </IconButton>
    </div>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      // Refused by the browser (no permission): the reader can still select the text.
      () => setIsCopied(false),
    );
  };
  return (
    <IconButton label={isCopied ? "Copied" : "Copy answer"} onClick={copy}>
      {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
    </IconButton>
  );
}
