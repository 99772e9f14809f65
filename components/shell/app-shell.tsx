"use client";

import "@/components/http/zod-without-eval.ts";
import { Menu as MenuIcon, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { OfflineBanner } from "@/components/shell/offline-banner.tsx";
import { ShellProvider } from "@/components/shell/shell-context.tsx";
import { Sidebar } from "@/components/shell/sidebar.tsx";
import type { Theme } from "@/components/shell/theme.ts";
import type { Viewer } from "@/components/shell/viewer.ts";
import { Wordmark } from "@/components/shell/wordmark.tsx";
import { IconButton } from "@/components/ui/button.tsx";
import { UploadsProvider } from "@/components/uploads/uploads-provider.tsx";

export interface AppShellProps {
  readonly viewer: Viewer;
  readonly theme: Theme;
  readonly children: ReactNode;
}

/** The frame around every signed-in page: skip link, sidebar (a drawer on narrow screens), main area. */
export function AppShell({ viewer, theme, children }: AppShellProps) {
  return (
    <ShellProvider>
      <UploadsProvider>
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <div className="flex h-dvh flex-col lg:flex-row">
          <aside
            aria-label="Sidebar"
            className="hidden w-68 shrink-0 border-line border-r bg-sunken lg:block"
          >
            <Sidebar viewer={viewer} theme={theme} onNavigate={() => undefined} />
          </aside>
          <TopBar viewer={viewer} theme={theme} />
          <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
            <OfflineBanner />
            <div className="min-h-0 flex-1">{children}</div>
          </main>
        </div>
      </UploadsProvider>
    </ShellProvider>
  );
}

/** On narrow screens: the button that opens the drawer, and the name. */
function TopBar({ viewer, theme }: Omit<AppShellProps, "children">) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header className="flex h-13 shrink-0 items-center gap-2 border-line border-b bg-paper px-2 lg:hidden">
      <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
        <Dialog.Trigger asChild>
          <IconButton label="Open menu" size="medium">
            <MenuIcon aria-hidden className="size-5!" />
          </IconButton>
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-black/40 lg:hidden" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] animate-appear border-line border-r bg-sunken lg:hidden"
          >
            <Dialog.Title className="sr-only">Menu</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close menu" className="absolute top-2.5 right-2.5">
                <X aria-hidden />
              </IconButton>
            </Dialog.Close>
            <Sidebar viewer={viewer} theme={theme} onNavigate={() => setIsOpen(false)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
      <Wordmark />
    </header>
  );
}
