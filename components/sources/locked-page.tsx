"use client";

import { Lock } from "lucide-react";
import type { SyntheticEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";

export interface LockedPageProps {
  /** True after a password that did not open the file. */
  readonly isWrong: boolean;
  readonly onPassword: (password: string) => void;
}

/** In the place of a printed page whose file asks for a password; it is drawn here, the password goes nowhere. */
export function LockedPage({ isWrong, onPassword }: LockedPageProps) {
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    onPassword(String(new FormData(event.currentTarget).get("password")));
  };
  return (
    <form
      aria-label="Password of the file"
      onSubmit={onSubmit}
      className="mx-auto flex w-full max-w-(--container-measure) flex-col gap-3 rounded border border-line bg-surface p-5"
    >
      <p className="flex items-start gap-2 text-sm">
        <Lock className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
        <span>
          The printed page is locked: the file is protected by a password. Its text can be read without. To
          see the page, enter the password. It stays in this window and is not sent.
        </span>
      </p>
      <Field label="Password" error={isWrong ? "This password does not open the file." : null}>
        {(control) => (
          <Input {...control} name="password" type="password" required maxLength={256} autoComplete="off" />
        )}
      </Field>
      <Button type="submit" className="self-end">
        Show printed page
      </Button>
    </form>
  );
}
