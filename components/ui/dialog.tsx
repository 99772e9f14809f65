"use client";

import { X } from "lucide-react";
import { AlertDialog, Dialog as RadixDialog } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button.tsx";

const OVERLAY = "fixed inset-0 z-40 animate-appear bg-black/40";
const PANEL =
  "fixed left-1/2 top-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 " +
  "-translate-y-1/2 animate-appear flex-col gap-4 overflow-y-auto rounded-xl border border-line bg-surface p-5 " +
  "shadow-raised";

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}

/** A modal dialog: focus is kept inside, Escape closes it, and focus returns to what opened it. */
export function Dialog({ isOpen, onOpenChange, title, description, children }: DialogProps) {
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={OVERLAY} />
        <RadixDialog.Content className={PANEL} {...(description ? {} : { "aria-describedby": undefined })}>
          <div className="flex items-start justify-between gap-4">
            <RadixDialog.Title className="font-semibold text-lg leading-tight">{title}</RadixDialog.Title>
            <RadixDialog.Close
              aria-label="Close"
              className="-mt-1 -mr-1 rounded-md p-1.5 text-muted hover:bg-hover hover:text-ink"
            >
              <X className="size-4" aria-hidden />
            </RadixDialog.Close>
          </div>
          {description && (
            <RadixDialog.Description className="-mt-2 text-muted text-sm">
              {description}
            </RadixDialog.Description>
          )}
          {children}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly title: string;
  /** What will happen and whether it can be undone. */
  readonly description: string;
  /** Words of the button that does it, e.g. "Delete conversation". */
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
}

/** Asks before something that cannot be undone; focus starts on Cancel. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={props.isOpen} onOpenChange={props.onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={OVERLAY} />
        <AlertDialog.Content className={PANEL}>
          <AlertDialog.Title className="font-semibold text-lg leading-tight">{props.title}</AlertDialog.Title>
          <AlertDialog.Description className="text-muted">{props.description}</AlertDialog.Description>
          <div className="flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button variant="danger" onClick={props.onConfirm}>
                {props.confirmLabel}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
