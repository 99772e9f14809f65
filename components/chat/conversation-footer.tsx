"use client";

import { ArrowDown } from "lucide-react";
import type { RefObject } from "react";
import type { AnswerModel } from "@/components/chat/answer-model.ts";
import { CollectionFilter } from "@/components/chat/collection-filter.tsx";
import { Composer } from "@/components/chat/composer.tsx";
import { ModelPicker } from "@/components/chat/model-picker.tsx";
import { useCollections } from "@/components/chat/use-collections.ts";
import type { ConversationHandle } from "@/components/chat/use-conversation.ts";
import type { StickToBottom } from "@/components/chat/use-stick-to-bottom.ts";
import { Button } from "@/components/ui/button.tsx";
import { UploadList } from "@/components/uploads/upload-list.tsx";
import { useUploads } from "@/components/uploads/uploads-provider.tsx";

export interface ConversationFooterProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly handle: ConversationHandle;
  readonly scroll: StickToBottom;
  readonly models: readonly AnswerModel[];
  readonly model: AnswerModel | null;
  readonly onModel: (id: string) => void;
  readonly collectionIds: readonly string[] | undefined;
  readonly onCollectionIds: (ids: readonly string[] | undefined) => void;
  readonly onAsk: (text: string) => void;
}

/** What stays at the bottom: notices, uploads, the composer, and who answers. */
export function ConversationFooter(props: ConversationFooterProps) {
  const { handle, scroll, model } = props;
  const { addFiles, readyCount } = useUploads();
  const collections = useCollections(readyCount);
  return (
    <div className="relative mx-auto w-full max-w-(--container-measure) px-4 pb-3 sm:px-6">
      {!scroll.isAtBottom && handle.isBusy && (
        <div className="-top-11 pointer-events-none absolute inset-x-0 flex justify-center">
          <Button
            size="small"
            className="pointer-events-auto rounded-full! shadow-raised"
            onClick={scroll.jumpToBottom}
          >
            <ArrowDown aria-hidden />
            Latest
          </Button>
        </div>
      )}
      <div role="status">
        {handle.isConnectionLost && (
          <p className="pb-2 text-center text-muted text-sm">Connection lost, reconnecting…</p>
        )}
      </div>
      <UploadList />
      <Composer
        field={props.field}
        isBusy={handle.isBusy}
        isStopping={handle.isStopping}
        onStop={handle.stop}
        onSend={props.onAsk}
        onFiles={addFiles}
        tools={
          <>
            <CollectionFilter
              collections={collections}
              selectedIds={props.collectionIds}
              onChange={props.onCollectionIds}
            />
            {model && <ModelPicker models={props.models} model={model} onChoose={props.onModel} />}
          </>
        }
      />
      {model && <p className="pt-2 text-center text-muted text-xs">{modelWords(model)}</p>}
    </div>
  );
}

function modelWords(model: AnswerModel): string {
  return model.isBuiltin
    ? "Built-in extractive model: quotes sentences, writes nothing of its own"
    : `Answers are written by ${model.label} from your documents; check the citations`;
}
