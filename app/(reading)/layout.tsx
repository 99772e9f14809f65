import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell.tsx";
import { parseTheme, THEME_COOKIE } from "@/components/shell/theme.ts";
import { findPagePrincipal } from "@/lib/identity/index.ts";

export default async function ReadingLayout({ children }: { readonly children: ReactNode }) {
  const principal = await findPagePrincipal();
  // The page itself sends the reader to sign in: only it knows the path to come back to.
  if (!principal) return children;
  const { name, email, role, isGuest } = principal;
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <AppShell viewer={{ name, email, role, isGuest }} theme={theme}>
      {children}
    </AppShell>
  );
}
