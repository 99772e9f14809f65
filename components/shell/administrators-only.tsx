"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";

/** What everybody else sees in the place of an administrator's page; holds no data. */
export function AdministratorsOnly({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-measure flex-col items-start gap-4 px-5 py-16">
      <h1 className="font-serif text-2xl">This page is for administrators</h1>
      <p className="text-muted">{children}</p>
      <Button asChild>
        <Link href="/">Back to your questions</Link>
      </Button>
    </div>
  );
}
