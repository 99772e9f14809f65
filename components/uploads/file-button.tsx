"use client";

import { type ReactNode, useRef } from "react";
import { ACCEPTED_ENDINGS } from "@/components/uploads/accepted-files.ts";

export interface FileButtonProps {
  readonly onFiles: (files: readonly File[]) => void;
  /** The button itself, which calls `choose` when pressed. */
  readonly button: (choose: () => void) => ReactNode;
}

/** A button that lets the reader choose files. */
export function FileButton({ onFiles, button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        accept={ACCEPTED_ENDINGS}
        aria-label="Choose files to add"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
      {button(() => input.current?.click())}
    </>
  );
}
