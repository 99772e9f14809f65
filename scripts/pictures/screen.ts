import type { Page } from "playwright";

/** Takes a picture of what is on the screen, or of the whole page however far it scrolls. */
export type TakePicture = (name: string, options?: { readonly isWhole?: boolean }) => Promise<void>;

/** Brings a screen about, or several, and pictures it. */
export type Screen = (page: Page, picture: TakePicture) => Promise<void>;

/** Nobody reads further than this. */
const WHOLE_HEIGHT_MAX = 3000;

/**
 * Makes the window as high as what scrolls in it, so that a picture shows all of it.
 *
 * @returns gives the window its size back.
 */
export async function growToContent(page: Page): Promise<() => Promise<void>> {
  const size = page.viewportSize();
  if (size === null) return async () => undefined;
  const hidden = await page.evaluate(() => {
    const scrolling = [...document.querySelectorAll("main, main *")].filter(
      (element) => getComputedStyle(element).overflowY === "auto",
    );
    return Math.max(0, ...scrolling.map((element) => element.scrollHeight - element.clientHeight));
  });
  await page.setViewportSize({ ...size, height: Math.min(size.height + hidden, WHOLE_HEIGHT_MAX) });
  return () => page.setViewportSize(size);
}
