"use client";

import { Download, Ellipsis, Pencil, Trash2, Upload } from "lucide-react";
import { useState } from "react";
import { ImportDatasetDialog, RenameDatasetDialog } from "@/components/evaluation/dataset-dialogs.tsx";
import { requestDone } from "@/components/http/request-json.ts";
import { IconButton } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu.tsx";
import type { Dataset } from "@/lib/evaluation/schema.ts";

export interface DatasetMenuProps {
  readonly dataset: Dataset;
  /** Called with the sentence for the status line. */
  readonly onChanged: (message: string) => void;
  readonly onDeleted: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** What can be done with a dataset: import, export, rename, delete. */
export function DatasetMenu({ dataset, onChanged, onDeleted, onFailed }: DatasetMenuProps) {
  const [open, setOpen] = useState<"rename" | "import" | "delete" | null>(null);
  const close = () => setOpen(null);
  const finish = (message: string) => {
    close();
    onChanged(message);
  };
  const remove = () => {
    requestDone(`/api/admin/datasets/${dataset.id}`, { method: "DELETE" }).then(onDeleted, onFailed);
  };
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <IconButton label={`Actions for ${dataset.name}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem onSelect={() => setOpen("import")}>
            <Upload aria-hidden /> Import questions
          </MenuItem>
          <MenuItem asChild>
            <a href={`/api/admin/datasets/${dataset.id}/export`} download>
              <Download aria-hidden /> Export questions
            </a>
          </MenuItem>
          <MenuItem onSelect={() => setOpen("rename")}>
            <Pencil aria-hidden /> Rename
          </MenuItem>
          <MenuItem isDangerous onSelect={() => setOpen("delete")}>
            <Trash2 aria-hidden /> Delete
          </MenuItem>
        </MenuContent>
      </Menu>
      {open === "rename" && (
        <RenameDatasetDialog
          dataset={dataset}
          onClose={close}
          onDone={() => finish("The dataset is renamed.")}
        />
      )}
      {open === "import" && (
        <ImportDatasetDialog
          dataset={dataset}
          onClose={close}
          onDone={(changed) =>
            finish(
              changed.version === dataset.version
                ? "The file holds the same questions; nothing changed."
                : `Imported ${changed.itemCount} questions as version ${changed.version}.`,
            )
          }
        />
      )}
      <ConfirmDialog
        isOpen={open === "delete"}
        onOpenChange={(isOpen) => isOpen || close()}
        title={`Delete ${dataset.name}?`}
        description="Its questions and all its runs are deleted. This cannot be undone."
        confirmLabel="Delete dataset"
        onConfirm={remove}
      />
    </>
  );
}
