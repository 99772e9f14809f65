"use client";

import { type SyntheticEvent, useState } from "react";
import { errorSentence, requestJson } from "@/components/http/request-json.ts";
import { CopyField } from "@/components/share/copy-field.tsx";
import { ShareRow } from "@/components/share/share-row.tsx";
import { shareState, useShares } from "@/components/share/use-shares.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Checkbox, Field, Select } from "@/components/ui/input.tsx";
import { type CreatedShare, type CreateShare, createdShareSchema } from "@/lib/chat/schema.ts";

const DAY_MS = 86_400_000;

export interface ShareDialogProps {
  readonly conversationId: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** Makes a link to a copy of the conversation, and lists the ones there are. */
export function ShareDialog({ conversationId, isOpen, onOpenChange }: ShareDialogProps) {
  const path = `/api/conversations/${conversationId}/shares`;
  const { shares, error, reload, revoke } = useShares(path, isOpen);
  const [created, setCreated] = useState<CreatedShare | null>(null);
  const active = (shares ?? []).filter((share) => shareState(share, new Date()) === "active");
  const change = (open: boolean) => {
    if (!open) setCreated(null);
    onOpenChange(open);
  };
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={change}
      title="Share this conversation"
      description="Anyone with the link can read a copy of it as it is now. Later questions are not shown."
    >
      {created ? (
        <CopyField
          label="Link"
          value={created.url}
          hint="Copy it now: for safety the address is not shown again."
        />
      ) : (
        <CreateForm
          path={path}
          onCreated={(share) => {
            setCreated(share);
            void reload();
          }}
        />
      )}
      {error && (
        <p role="alert" className="text-danger text-sm">
          {error}
        </p>
      )}
      {active.length > 0 && (
        <section aria-label="Links of this conversation" className="border-line border-t pt-3">
          <h3 className="mb-1 font-medium text-muted text-sm">Links of this conversation</h3>
          <ul>
            {active.map((share) => (
              <ShareRow key={share.id} share={share} onRevoke={revoke} />
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  );
}

interface CreateFormProps {
  readonly path: string;
  readonly onCreated: (share: CreatedShare) => void;
}

function CreateForm({ path, onCreated }: CreateFormProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const onSubmit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(form.get("days"));
    const body: CreateShare = {
      sources: form.get("sources") === "on",
      expiresAt: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null,
    };
    setIsBusy(true);
    setError(null);
    try {
      onCreated(await requestJson(path, createdShareSchema, { method: "POST", body }));
    } catch (cause) {
      setError(errorSentence(cause));
      setIsBusy(false);
    }
  };
  return (
    <form aria-label="New link" onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
      <Checkbox name="sources" defaultChecked label="Include the quoted words of the sources" />
      <Field label="Link works for" error={error}>
        {(control) => (
          <Select {...control} name="days" defaultValue="30">
            <option value="7">7 days</option>
            <option value="30">30 days</option>
            <option value="365">One year</option>
            <option value="0">Until I revoke it</option>
          </Select>
        )}
      </Field>
      <Button type="submit" variant="primary" disabled={isBusy} className="self-end">
        Create link
      </Button>
    </form>
  );
}
