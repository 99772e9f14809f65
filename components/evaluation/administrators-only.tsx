"use client";

import Link from "next/link";
import { Button } from "@/components/ui/button.tsx";

/** What everybody else sees in the place of the evaluation; holds no data. */
export function AdministratorsOnly() {
  return (
    <div className="mx-auto flex max-w-measure flex-col items-start gap-4 px-5 py-16">
      <h1 className="font-serif text-2xl">This page is for administrators</h1>
      <p className="text-muted">
        Here an administrator measures how well Vouch finds, cites and answers, and compares settings. Ask one
        if you need a figure.
      </p>
      <Button asChild>
        <Link href="/">Back to your questions</Link>
      </Button>
    </div>
  );
}
