/** Light, dark, or as the system says. Kept in a cookie, so that the server draws the right one at once. */
export type Theme = "light" | "dark" | "system";

export const THEME_COOKIE = "vouch-theme";

const COOKIE_AGE_SECONDS = 365 * 24 * 3600;

export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}

/** Changes the page now and remembers the choice. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on plain-http addresses and in Firefox ESR.
  document.cookie = `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${COOKIE_AGE_SECONDS}; SameSite=Lax`;
}
