"use client";

import { Library } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import {
  Menu,
  MenuCheckboxItem,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu.tsx";
import type { Collection } from "@/lib/knowledge/schema.ts";

export interface CollectionFilterProps {
  /** Null while the list is loading. */
  readonly collections: readonly Collection[] | null;
  /** Undefined searches everything. */
  readonly selectedIds: readonly string[] | undefined;
  readonly onChange: (ids: readonly string[] | undefined) => void;
}

/** Which collections the next question searches. */
export function CollectionFilter({ collections, selectedIds, onChange }: CollectionFilterProps) {
  const toggle = (id: string, isOn: boolean) => {
    const all = (collections ?? []).map((collection) => collection.id);
    const next = all.filter((other) => (other === id ? isOn : (selectedIds ?? all).includes(other)));
    onChange(next.length === 0 || next.length === all.length ? undefined : next);
  };
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button
          variant="quiet"
          size="small"
          className="min-w-0 font-normal"
          disabled={!collections || collections.length === 0}
        >
          <Library aria-hidden />
          <span className="sr-only">Search in: </span>
          <span className="truncate">{filterWords(collections, selectedIds)}</span>
        </Button>
      </MenuTrigger>
      <MenuContent align="start" side="top">
        <MenuLabel>Search in</MenuLabel>
        {(collections ?? []).map((collection) => (
          <MenuCheckboxItem
            key={collection.id}
            checked={selectedIds === undefined || selectedIds.includes(collection.id)}
            onCheckedChange={(isOn) => toggle(collection.id, isOn)}
          >
            <span className="min-w-0 flex-1 truncate">{collection.name}</span>
            <span className="text-muted text-xs">{collection.documentCount}</span>
          </MenuCheckboxItem>
        ))}
        <MenuSeparator />
        <MenuItem disabled={selectedIds === undefined} onSelect={() => onChange(undefined)}>
          Search all collections
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}

function filterWords(
  collections: readonly Collection[] | null,
  selectedIds: readonly string[] | undefined,
): string {
  if (selectedIds === undefined) return "All collections";
  if (selectedIds.length === 1) {
    return collections?.find((collection) => collection.id === selectedIds[0])?.name ?? "1 collection";
  }
  return `${selectedIds.length} collections`;
}
