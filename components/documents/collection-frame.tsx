"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { LoadedCollection } from "@/components/documents/use-collection.ts";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { Collection } from "@/lib/knowledge/schema.ts";

export type CollectionPageName = "documents" | "settings" | "access";

export interface CollectionFrameProps {
  readonly collectionId: string;
  readonly current: CollectionPageName;
  readonly loaded: LoadedCollection;
  /** Buttons beside the title. */
  readonly actions?: ((collection: Collection) => ReactNode) | undefined;
  readonly children: (collection: Collection) => ReactNode;
}

/** Name, way back and the pages of one collection; those who do not manage it see its documents only. */
export function CollectionFrame({ collectionId, current, loaded, actions, children }: CollectionFrameProps) {
  const { collection, error, reload } = loaded;
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-6xl flex-col gap-5 px-4 py-6 sm:px-8 sm:py-8">
        <header className="flex flex-col gap-2">
          <Crumbs steps={[{ label: "Documents", href: "/collections" }]} />
          <div className="flex flex-wrap items-start justify-between gap-3">
            <div className="min-w-0 flex-1 basis-60">
              <h1 className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium font-serif text-2xl tracking-tight [overflow-wrap:anywhere]">
                {collection?.name ?? "Documents"}
                {collection && <CollectionBadges collection={collection} />}
              </h1>
              {collection?.description && (
                <p className="mt-1 max-w-prose text-muted">{collection.description}</p>
              )}
            </div>
            {collection && actions && (
              <div className="flex flex-wrap gap-2 max-sm:w-full">{actions(collection)}</div>
            )}
          </div>
          {collection?.level === "manage" && <PageTabs collectionId={collectionId} current={current} />}
        </header>
        {error !== null && <LoadFailure error={error} onRetry={() => void reload()} />}
        {collection === null && error === null && <SkeletonText lines={6} label="Loading the collection" />}
        {collection && children(collection)}
      </div>
    </div>
  );
}

export interface CrumbsProps {
  readonly steps: readonly { readonly label: string; readonly href: string }[];
}

/** The way back, one link a step. */
export function Crumbs({ steps }: CrumbsProps) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex flex-wrap gap-x-2 text-muted text-sm">
        {steps.map(({ label, href }) => (
          <li key={href} className="not-last:after:ml-2 not-last:after:content-['/']">
            <Link href={href} prefetch={false} className="underline-offset-4 hover:text-ink hover:underline">
              {label}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What a collection is, in a word or two. */
export function CollectionBadges({ collection }: { readonly collection: Collection }) {
  return (
    <>
      {collection.isSample && <Badge className="font-sans tracking-normal">Sample</Badge>}
      {collection.visibility === "private" && (
        <Badge tone="accent" className="font-sans tracking-normal">
          Private
        </Badge>
      )}
    </>
  );
}

const TABS = [
  { name: "documents", label: "Documents", path: "" },
  { name: "settings", label: "Settings", path: "/settings" },
  { name: "access", label: "Access", path: "/access" },
] as const;

interface PageTabsProps {
  readonly collectionId: string;
  readonly current: CollectionPageName;
}

function PageTabs({ collectionId, current }: PageTabsProps) {
  return (
    <nav aria-label="Collection" className="mt-1 flex gap-5 border-line border-b">
      {TABS.map(({ name, label, path }) => (
        <Link
          key={name}
          href={`/collections/${collectionId}${path}`}
          prefetch={false}
          aria-current={name === current ? "page" : undefined}
          className={classNames(
            "-mb-px border-b-2 py-2 font-medium text-sm",
            name === current ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
