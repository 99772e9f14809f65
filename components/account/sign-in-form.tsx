"use client";

import Link from "next/link";
import { type SyntheticEvent, useState } from "react";
import { signInAsGuest, signInWithPassword } from "@/components/account/auth-requests.ts";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { useIsHydrated } from "@/components/ui/use-is-hydrated.ts";

export interface SignInFormProps {
  /** Where to go afterwards; a path of our own. */
  readonly returnPath: string;
  /** True when the reader already goes about as a guest. */
  readonly isGuest: boolean;
}

/** E-mail and password, or on as a guest. */
export function SignInForm({ returnPath, isGuest }: SignInFormProps) {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const isReady = useIsHydrated() && !isBusy;
  const run = async (attempt: () => Promise<string | null>) => {
    setIsBusy(true);
    setError(null);
    const refusal = await attempt();
    // A full load, so that every part of the page is drawn for the new reader.
    if (refusal === null) return window.location.assign(returnPath);
    setError(refusal);
    setIsBusy(false);
  };
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void run(() => signInWithPassword(String(form.get("email")), String(form.get("password"))));
  };
  return (
    <div className="flex flex-col gap-4">
      {/* POST, so that no accident can ever put a password into an address. */}
      <form method="post" aria-label="Sign in" onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="E-mail">
          {(control) => <Input {...control} name="email" type="email" autoComplete="username" required />}
        </Field>
        <Field label="Password">
          {(control) => (
            <Input {...control} name="password" type="password" autoComplete="current-password" required />
          )}
        </Field>
        {/* The line is kept free, so that nothing jumps when a sentence appears. */}
        <p role="alert" className="min-h-6 text-danger text-sm">
          {error}
        </p>
        <Button type="submit" variant="primary" disabled={!isReady}>
          Sign in
        </Button>
      </form>
      <div className="flex items-center gap-3 text-muted text-sm">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </div>
      {isGuest ? (
        <Button asChild>
          <Link href={returnPath}>Go on as guest</Link>
        </Button>
      ) : (
        <Button disabled={!isReady} onClick={() => void run(signInAsGuest)}>
          Continue as guest
        </Button>
      )}
    </div>
  );
}
