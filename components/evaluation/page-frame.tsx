import Link from "next/link";
import type { ReactNode } from "react";

/** A step on the way to the page. */
export interface Crumb {
  readonly label: string;
  readonly href: string;
}

export interface PageFrameProps {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  /** A line under the title. */
  readonly lead?: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Title, way back and width that every page of the evaluation shares. */
export function PageFrame({ title, crumbs = [], lead, actions, children }: PageFrameProps) {
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-8 px-4 py-8 sm:px-6">
      <header className="flex flex-col gap-2">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumb">
            <ol className="flex flex-wrap gap-x-2 text-muted text-sm">
              {crumbs.map((crumb) => (
                <li key={crumb.href} className="not-last:after:ml-2 not-last:after:content-['/']">
                  <Link href={crumb.href} className="underline-offset-4 hover:text-ink hover:underline">
                    {crumb.label}
                  </Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-start justify-between gap-3">
          <h1 className="min-w-0 flex-1 basis-64 text-balance font-serif text-2xl leading-tight">{title}</h1>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </div>
        {lead && <div className="max-w-measure text-muted">{lead}</div>}
      </header>
      {children}
    </div>
  );
}

export interface SectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** A titled part of a page. */
export function Section({ title, note, actions, children }: SectionProps) {
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 className="font-semibold text-lg leading-tight">{title}</h2>
          {note && <p className="text-muted text-sm">{note}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
