import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInForm } from "@/components/account/sign-in-form.tsx";
import { Wordmark } from "@/components/shell/wordmark.tsx";
import { findPagePrincipal } from "@/lib/identity/index.ts";

export const metadata: Metadata = { title: "Sign in", robots: { index: false } };

interface PageProps {
  readonly searchParams: Promise<{ readonly callbackUrl?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: PageProps) {
  const { callbackUrl } = await searchParams;
  const returnPath = safePath(typeof callbackUrl === "string" ? callbackUrl : "/");
  const principal = await findPagePrincipal();
  if (principal && !principal.isGuest) redirect(returnPath);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-5 py-10">
      <div className="flex flex-col gap-2">
        <Wordmark />
        <h1 className="font-medium font-serif text-3xl tracking-tight">Sign in</h1>
        <p className="text-muted">Ask your documents; every answer shows its evidence.</p>
      </div>
      <SignInForm returnPath={returnPath} isGuest={principal?.isGuest ?? false} />
    </main>
  );
}

/** A path of our own; anything that could lead to another site becomes the start page. */
function safePath(path: string): string {
  return /^\/(?![/\\])[\x20-\x7e]*$/.test(path) && !path.includes("\\") ? path : "/";
}
