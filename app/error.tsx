"use client";

import { MessagePage } from "@/components/shell/message-page.tsx";
import { Button } from "@/components/ui/button.tsx";

interface ErrorPageProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <MessagePage title="This page could not be shown">
      <p>Something went wrong on our side. Trying again often helps.</p>
      {error.digest && <p className="text-muted text-sm">Number of the report: {error.digest}</p>}
      <div className="flex gap-2">
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
        <Button asChild>
          {/* A full load: the state of the page is in doubt. */}
          <a href="/">To the start page</a>
        </Button>
      </div>
    </MessagePage>
  );
}
