import type { ReactNode } from "react";

export interface MessagePageProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A page that only says something: not found, or an error. */
export function MessagePage({ title, children }: MessagePageProps) {
  return (
    <div className="mx-auto flex min-h-[60vh] max-w-lg flex-col justify-center gap-4 px-6 py-16">
      <h1 className="font-medium font-serif text-3xl tracking-tight">{title}</h1>
      {children}
    </div>
  );
}
