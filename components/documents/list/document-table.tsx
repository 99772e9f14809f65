"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { DocumentRow } from "@/components/documents/list/document-row.tsx";
import type { DocumentAction } from "@/components/documents/list/use-document-actions.ts";
import type { ListView } from "@/components/documents/list/use-document-list.ts";
import { classNames } from "@/components/ui/class-names.ts";
import { Table, TableHead } from "@/components/ui/table.tsx";
import type { Document, DocumentSort } from "@/lib/knowledge/schema.ts";

export interface DocumentTableProps {
  readonly documents: readonly Document[];
  readonly view: ListView;
  readonly onView: (changed: Partial<ListView>) => void;
  readonly isWritable: boolean;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly onRun: (action: DocumentAction, documentIds: readonly string[]) => void;
  /** Called when a document changed by what was done in its row. */
  readonly onChanged: () => void;
}

/** Documents with state, size, source and what can be done; columns give way as the table gets narrow. */
export function DocumentTable(props: DocumentTableProps) {
  const { documents, isWritable, selected, onSelect } = props;
  const isAllSelected = documents.every(({ id }) => selected.has(id));
  return (
    <div className="@container">
      <Table label="Documents">
        <thead>
          <tr>
            {isWritable && (
              <TableHead className="w-8 pr-2!">
                <input
                  type="checkbox"
                  aria-label="Select all documents on this page"
                  className="block size-4 accent-accent"
                  checked={isAllSelected}
                  onChange={() => onSelect(new Set(isAllSelected ? [] : documents.map(({ id }) => id)))}
                />
              </TableHead>
            )}
            <SortHead {...props} sort="title" first="asc" className="w-full">
              Title
            </SortHead>
            <TableHead className="@max-4xl:hidden">Kind</TableHead>
            <TableHead className="@max-lg:hidden">State</TableHead>
            <SortHead {...props} sort="pages" first="desc" className="text-right! @max-2xl:hidden">
              Pages
            </SortHead>
            <SortHead {...props} sort="size" first="desc" className="text-right! @max-2xl:hidden">
              Size
            </SortHead>
            <TableHead className="@max-4xl:hidden">Source</TableHead>
            <SortHead {...props} sort="updated" first="desc" className="@max-3xl:hidden">
              Updated
            </SortHead>
            {isWritable && (
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            )}
          </tr>
        </thead>
        <tbody>
          {documents.map((document) => (
            <DocumentRow
              key={document.id}
              document={document}
              isWritable={isWritable}
              isSelected={selected.has(document.id)}
              onSelect={(isSelected) => {
                const changed = new Set(selected);
                if (isSelected) changed.add(document.id);
                else changed.delete(document.id);
                onSelect(changed);
              }}
              onRun={props.onRun}
              onChanged={props.onChanged}
            />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

interface SortHeadProps extends Pick<DocumentTableProps, "view" | "onView"> {
  readonly sort: DocumentSort;
  /** The order that the first press gives. */
  readonly first: "asc" | "desc";
  readonly className: string;
  readonly children: ReactNode;
}

/** A heading that sorts; a third press returns to the newest first. */
function SortHead({ view, onView, sort, first, className, children }: SortHeadProps) {
  const isCurrent = view.sort === sort;
  const other = first === "asc" ? "desc" : "asc";
  const next: Partial<ListView> = !isCurrent
    ? { sort, order: first }
    : view.order === first
      ? { sort, order: other }
      : { sort: "added", order: "desc" };
  const Arrow = view.order === "asc" ? ArrowUp : ArrowDown;
  return (
    <TableHead
      className={className}
      aria-sort={isCurrent ? (view.order === "asc" ? "ascending" : "descending") : "none"}
    >
      <button
        type="button"
        onClick={() => onView(next)}
        className={classNames("inline-flex items-center gap-1 hover:text-ink", isCurrent && "text-ink")}
      >
        {children}
        {isCurrent && <Arrow aria-hidden className="size-3.5" />}
      </button>
    </TableHead>
  );
}
