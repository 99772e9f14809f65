import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AppShell } from "@/components/shell/app-shell.tsx";
import { parseTheme, THEME_COOKIE } from "@/components/shell/theme.ts";
import { requirePagePrincipal } from "@/lib/identity/index.ts";

export default async function ReadingLayout({ children }: { readonly children: ReactNode }) {
  const { name, email, role, isGuest } = await requirePagePrincipal();
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <AppShell viewer={{ name, email, role, isGuest }} theme={theme}>
      {children}
    </AppShell>
  );
}
