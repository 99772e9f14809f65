"use client";

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

export interface ShellState {
  /** Grows when the list of conversations should be loaded again. */
  readonly revision: number;
  readonly refreshConversations: () => void;
  /** Grows with each new conversation: the start page begins afresh though its address stays the same. */
  readonly newConversationCount: number;
  readonly startNewConversation: () => void;
}

const ShellContext = createContext<ShellState | null>(null);

export function ShellProvider({ children }: { readonly children: ReactNode }) {
  const [revision, setRevision] = useState(0);
  const [newConversationCount, setNewConversationCount] = useState(0);
  const refreshConversations = useCallback(() => setRevision((value) => value + 1), []);
  const startNewConversation = useCallback(() => setNewConversationCount((value) => value + 1), []);
  const value = useMemo(
    () => ({ revision, refreshConversations, newConversationCount, startNewConversation }),
    [revision, refreshConversations, newConversationCount, startNewConversation],
  );
  return <ShellContext.Provider value={value}>{children}</ShellContext.Provider>;
}

export function useShell(): ShellState {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("useShell needs a ShellProvider above it.");
  return shell;
}
