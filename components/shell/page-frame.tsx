import type { ReactNode } from "react";

export interface PageFrameProps {
  readonly title: string;
  /** The way back, above the title. */
  readonly crumbs?: ReactNode;
  readonly description?: string;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of lists and tables: title, a sentence, content that scrolls. */
export function PageFrame({ title, crumbs, description, actions, children }: PageFrameProps) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-4xl flex-col gap-6 px-4 py-8 sm:px-8">
        <header className="flex flex-wrap items-start justify-between gap-3">
          <div className="min-w-0 flex-1 basis-60">
            {crumbs && <div className="mb-2">{crumbs}</div>}
            <h1 className="font-medium font-serif text-2xl tracking-tight">{title}</h1>
            {description && <p className="mt-1 max-w-prose text-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}
