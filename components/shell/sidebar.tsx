"use client";

import { FileText, FlaskConical, Link2, SquarePen, Waypoints } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { AccountMenu } from "@/components/shell/account-menu.tsx";
import { ConversationList } from "@/components/shell/conversation-list.tsx";
import { useShell } from "@/components/shell/shell-context.tsx";
import type { Theme } from "@/components/shell/theme.ts";
import type { Viewer } from "@/components/shell/viewer.ts";
import { Wordmark } from "@/components/shell/wordmark.tsx";
import { Button } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";

export interface SidebarProps {
  readonly viewer: Viewer;
  readonly theme: Theme;
  /** Closes the drawer on narrow screens. */
  readonly onNavigate: () => void;
}

/** Everything beside the page: new conversation, conversations, the other pages, the account. */
export function Sidebar({ viewer, theme, onNavigate }: SidebarProps) {
  const { startNewConversation } = useShell();
  const openNew = () => {
    startNewConversation();
    onNavigate();
  };
  return (
    <div className="flex h-full flex-col gap-3 pt-3">
      <div className="flex items-center px-5">
        <Link href="/" onClick={openNew} className="rounded">
          <Wordmark />
        </Link>
      </div>
      <div className="px-3">
        <Button asChild className="w-full justify-start! px-3!">
          <Link href="/" onClick={openNew}>
            <SquarePen aria-hidden />
            New conversation
          </Link>
        </Button>
      </div>
      <ConversationList onNavigate={onNavigate} />
      <nav aria-label="Pages" className="flex flex-col gap-px border-line border-t px-3 pt-2">
        <PageLink href="/collections" icon={<FileText aria-hidden />} onNavigate={onNavigate}>
          Documents
        </PageLink>
        <PageLink href="/links" icon={<Link2 aria-hidden />} onNavigate={onNavigate}>
          Shared links
        </PageLink>
        {viewer.role === "admin" && (
          <>
            <PageLink href="/evaluation" icon={<FlaskConical aria-hidden />} onNavigate={onNavigate}>
              Evaluation
            </PageLink>
            <PageLink href="/router" icon={<Waypoints aria-hidden />} onNavigate={onNavigate}>
              Router
            </PageLink>
          </>
        )}
      </nav>
      <div className="border-line border-t p-2">
        <AccountMenu viewer={viewer} initialTheme={theme} />
      </div>
    </div>
  );
}

interface PageLinkProps {
  readonly href: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly onNavigate: () => void;
}

function PageLink({ href, icon, children, onNavigate }: PageLinkProps) {
  const isCurrent = usePathname().startsWith(href);
  return (
    <Link
      href={href}
      prefetch={false}
      onClick={onNavigate}
      aria-current={isCurrent ? "page" : undefined}
      className={classNames(
        "flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm [&_svg]:size-4",
        isCurrent ? "bg-hover font-medium" : "text-muted hover:bg-hover hover:text-ink",
      )}
    >
      {icon}
      {children}
    </Link>
  );
}
