"use client";

import { type SyntheticEvent, useState } from "react";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { type Document, documentSchema } from "@/lib/knowledge/schema.ts";

export interface EnterPasswordProps {
  readonly document: Pick<Document, "id" | "title" | "errorCode">;
  /** Called when the document is on its way again. */
  readonly onEntered: () => void;
}

/** The button beside a protected document, and the form in which its password is entered. */
export function EnterPassword({ document, onEntered }: EnterPasswordProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button size="small" aria-label={`Enter password of ${document.title}`} onClick={() => setIsOpen(true)}>
        Enter password
      </Button>
      <Dialog
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        title={`Password of “${document.title}”`}
        description="The file is read once with it. Then everybody who may read this collection can search its text. The password is not kept: when the file is read again, it is asked for again."
      >
        <PasswordForm
          document={document}
          onEntered={() => {
            setIsOpen(false);
            onEntered();
          }}
        />
      </Dialog>
    </>
  );
}

function PasswordForm({ document, onEntered }: EnterPasswordProps) {
  const { isBusy, error, submit } = useSubmit();
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    void submit(async () => {
      const path = `/api/documents/${document.id}/password`;
      await requestJson(path, documentSchema, { method: "POST", body: { password } });
      onEntered();
    });
  };
  const hint =
    document.errorCode === "document_password_wrong"
      ? "The last one did not open the file. Capitals count."
      : undefined;
  return (
    <form aria-label="Password" onSubmit={onSubmit} className="flex flex-col gap-4">
      <Field label="Password" hint={hint} error={error}>
        {(control) => (
          <Input {...control} name="password" type="password" required maxLength={256} autoComplete="off" />
        )}
      </Field>
      <Button type="submit" variant="primary" disabled={isBusy} className="self-end">
        Read document
      </Button>
    </form>
  );
}
