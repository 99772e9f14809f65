"use client";

import { ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { signOut } from "@/components/account/auth-requests.ts";
import { applyTheme, parseTheme, type Theme } from "@/components/shell/theme.ts";
import type { Viewer } from "@/components/shell/viewer.ts";
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu.tsx";

const ROLE_WORDS = { member: "Member", editor: "Editor", admin: "Administrator" } as const;

export interface AccountMenuProps {
  readonly viewer: Viewer;
  readonly initialTheme: Theme;
}

/** Who is signed in, the theme, and the way in or out. */
export function AccountMenu({ viewer, initialTheme }: AccountMenuProps) {
  const [theme, setTheme] = useState(initialTheme);
  const changeTheme = (value: string) => {
    setTheme(parseTheme(value));
    applyTheme(parseTheme(value));
  };
  const leave = async () => {
    await signOut();
    // A full load: nothing of the former reader stays in memory.
    window.location.assign("/sign-in");
  };
  const role = viewer.isGuest ? "Guest" : ROLE_WORDS[viewer.role];
  return (
    <Menu>
      <MenuTrigger className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-hover">
        <span
          aria-hidden
          className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent text-sm"
        >
          {viewer.name.slice(0, 1).toUpperCase()}
        </span>
        <span className="min-w-0 flex-1">
          <span className="sr-only">Account: </span>
          <span className="block truncate font-medium text-sm leading-tight">{viewer.name}</span>
          <span className="block text-muted text-xs">{role}</span>
        </span>
        <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
      </MenuTrigger>
      <MenuContent side="top" align="start" className="w-60">
        {viewer.email && <MenuLabel className="truncate">{viewer.email}</MenuLabel>}
        <MenuLabel>Theme</MenuLabel>
        <MenuRadioGroup value={theme} onValueChange={changeTheme}>
          <MenuRadioItem value="light">Light</MenuRadioItem>
          <MenuRadioItem value="dark">Dark</MenuRadioItem>
          <MenuRadioItem value="system">As the system</MenuRadioItem>
        </MenuRadioGroup>
        <MenuSeparator />
        {viewer.isGuest && (
          <MenuItem asChild>
            <Link href="/sign-in">Sign in</Link>
          </MenuItem>
        )}
        <MenuItem onSelect={() => void leave()}>{viewer.isGuest ? "Leave" : "Sign out"}</MenuItem>
      </MenuContent>
    </Menu>
  );
}
