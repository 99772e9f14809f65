"use client";

import { useState } from "react";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone } from "@/components/http/request-json.ts";
import { draftOf, type LimitDraft, readDrafts } from "@/components/limits/limit-draft.ts";
import { LimitField } from "@/components/limits/limit-field.tsx";
import { LIMIT_NAMES, SUBJECT_WORDS } from "@/components/limits/limit-words.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import type { LimitedSubject, LimitName, LimitValues } from "@/lib/router/schema.ts";

export interface LimitsDialogProps {
  readonly subject: LimitedSubject;
  /** What holds for its kind where nothing is set. */
  readonly defaults: LimitValues;
  /** With a sentence when something was changed. */
  readonly onClose: (done: string | null) => void;
}

/** Sets the limits of one organisation, person or key. */
export function LimitsDialog({ subject, defaults, onClose }: LimitsDialogProps) {
  const [drafts, setDrafts] = useState<Record<LimitName, LimitDraft>>(() => draftOf(subject.set));
  const { isBusy, error, submit } = useSubmit();
  const path = `/api/admin/limits/${subject.type}/${subject.id}`;
  const limits = readDrafts(drafts);
  const save = () =>
    void submit(async () => {
      if (limits === null) return;
      // Nothing of its own any more: the same as taking its limits away.
      if (Object.keys(limits).length === 0) await requestDone(path, { method: "DELETE" });
      else await requestDone(path, { method: "PUT", body: { limits } });
      onClose(`The limits of ${subject.name} are changed.`);
    });
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose(null)}
      title={`Limits of ${subject.name}`}
      description={`What this ${SUBJECT_WORDS[subject.type]} may take of all models together.`}
    >
      <form
        aria-label={`Limits of ${subject.name}`}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {LIMIT_NAMES.map((name) => (
          <LimitField
            key={name}
            name={name}
            draft={drafts[name]}
            byDefault={defaults[name]}
            onChange={(draft) => setDrafts((all) => ({ ...all, [name]: draft }))}
          />
        ))}
        {error !== null && (
          <Notice tone="danger" role="alert">
            {error}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={isBusy || limits === null}>
            Save limits
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
