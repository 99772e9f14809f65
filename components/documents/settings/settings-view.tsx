"use client";

import { useRouter } from "next/navigation";
import { type SyntheticEvent, useState } from "react";
import { CollectionFrame } from "@/components/documents/collection-frame.tsx";
import { NotesForm } from "@/components/documents/settings/notes-form.tsx";
import { type FormProps, SaveRow, useSave } from "@/components/documents/settings/use-save.tsx";
import { useCollection } from "@/components/documents/use-collection.ts";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestDone, requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Field, Input, Select, Textarea } from "@/components/ui/input.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { type Collection, rereadResultSchema } from "@/lib/knowledge/schema.ts";

/** Name, passages, vector space and end of a collection. */
export function SettingsView({ collectionId }: { readonly collectionId: string }) {
  const loaded = useCollection(collectionId);
  return (
    <CollectionFrame collectionId={collectionId} current="settings" loaded={loaded}>
      {(collection) =>
        collection.level === "manage" ? (
          <div className="flex max-w-2xl flex-col gap-8">
            <NameForm collection={collection} onSaved={loaded.reload} />
            <PassageForm collection={collection} onSaved={loaded.reload} />
            <NotesForm collection={collection} onSaved={loaded.reload} />
            <ReadAgain collection={collection} />
            <EndOfCollection collection={collection} />
          </div>
        ) : (
          <Notice>Only those who manage this collection change its settings.</Notice>
        )
      }
    </CollectionFrame>
  );
}

function NameForm(props: FormProps) {
  const { name, description } = props.collection;
  const { isBusy, error, said, save } = useSave(props);
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void save({ name: String(form.get("name")), description: String(form.get("description")) });
  };
  return (
    <Section title="Name">
      <form aria-label="Name" onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Name of the collection" error={error}>
          {(control) => <Input {...control} name="name" required maxLength={120} defaultValue={name} />}
        </Field>
        <Field label="Description">
          {(control) => (
            <Textarea {...control} name="description" rows={2} maxLength={1000} defaultValue={description} />
          )}
        </Field>
        <SaveRow isBusy={isBusy} said={said} />
      </form>
    </Section>
  );
}

function PassageForm(props: FormProps) {
  const { settings, vectorSpace, embedderSpace } = props.collection;
  const { isBusy, error, said, save } = useSave(props);
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const passageWords = Number(form.get("passageWords"));
    void save({ settings: { passageWords, neighbours: Number(form.get("neighbours")) } });
  };
  return (
    <Section title="Passages" note="Documents are searched and quoted in passages of whole sentences.">
      <form aria-label="Passages" onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field
          label="Words of a passage"
          hint="40 to 400. Takes effect as documents are read; read all again to apply it to those that are here."
          error={error}
        >
          {(control) => (
            <Input
              {...control}
              name="passageWords"
              type="number"
              required
              min={40}
              max={400}
              className="max-w-32"
              defaultValue={settings.passageWords}
            />
          )}
        </Field>
        <Field
          label="Read around a found passage"
          hint="What stands beside a passage goes into the answer with it. Takes effect with the next question."
        >
          {(control) => (
            <Select {...control} name="neighbours" className="max-w-80" defaultValue={settings.neighbours}>
              <option value={0}>Nothing but the passage</option>
              <option value={1}>One passage on each side</option>
              <option value={2}>Two passages on each side</option>
              <option value={3}>Three passages on each side</option>
            </Select>
          )}
        </Field>
        <SaveRow isBusy={isBusy} said={said} />
      </form>
      <dl className="mt-2 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">Searches by meaning use</dt>
        <dd className="[overflow-wrap:anywhere]">{vectorSpace}</dd>
        {embedderSpace !== vectorSpace && (
          <>
            <dt className="text-muted">Being made ready</dt>
            <dd className="[overflow-wrap:anywhere]">{embedderSpace}</dd>
          </>
        )}
      </dl>
    </Section>
  );
}

function ReadAgain({ collection }: { readonly collection: Collection }) {
  const [said, setSaid] = useState("");
  const { isBusy, error, submit } = useSubmit();
  const reread = () =>
    submit(async () => {
      const path = `/api/collections/${collection.id}/reread`;
      const { count } = await requestJson(path, rereadResultSchema, {
        method: "POST",
        body: { which: "all" },
      });
      setSaid(`${count === 1 ? "1 document is" : `${count} documents are`} being read again.`);
    });
  return (
    <Section
      title="Read all again"
      note="In the background, with these settings. Searches use what is indexed now until the new reading is complete."
    >
      <div className="flex flex-wrap items-center gap-3">
        <Button disabled={isBusy || collection.documentCount === 0} onClick={() => void reread()}>
          Read all documents again
        </Button>
        <span role="status" className="text-muted text-sm">
          {said}
        </span>
      </div>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
    </Section>
  );
}

function EndOfCollection({ collection }: { readonly collection: Collection }) {
  const [isConfirming, setIsConfirming] = useState(false);
  const { isBusy, error, submit } = useSubmit();
  const router = useRouter();
  const remove = () =>
    submit(async () => {
      await requestDone(`/api/collections/${collection.id}`, { method: "DELETE" });
      router.push("/collections");
    });
  return (
    <Section title="Delete" note="The collection goes with all its documents. This cannot be undone.">
      <Button variant="danger" className="self-start" disabled={isBusy} onClick={() => setIsConfirming(true)}>
        Delete collection
      </Button>
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
      <ConfirmDialog
        isOpen={isConfirming}
        onOpenChange={setIsConfirming}
        title={`Delete “${collection.name}”?`}
        description={`${endWords(collection.documentCount)} This cannot be undone.`}
        confirmLabel="Delete collection"
        onConfirm={() => void remove()}
      />
    </Section>
  );
}

function endWords(count: number): string {
  if (count === 0) return "It holds no documents.";
  return count === 1
    ? "1 document goes with it, and citations of it can no longer be opened."
    : `${count} documents go with it, and citations of them can no longer be opened.`;
}
