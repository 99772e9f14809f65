import robotsParser from "robots-parser";
import { fetchOutbound, type OutboundDeps, ROBOT_NAME, readContent } from "../../platform/outbound/index.ts";
import { AppError } from "../../shared/errors.ts";

/** What a site allows programs. */
export interface Robots {
  isAllowed(url: URL): boolean;
  /** Seconds the site asks to wait between two requests. */
  readonly delaySeconds: number | undefined;
}

/** RFC 9309, section 2.5: at least 500 KiB are read, what follows may be left out. */
const MAX_BYTES = 512 * 1024;
/** No sane rule is longer; a file made to cost time is full of them. */
const MAX_LINE = 500;
const TIMEOUT_MS = 15_000;

const EVERYTHING: Robots = { isAllowed: () => true, delaySeconds: undefined };
const NOTHING: Robots = { isAllowed: () => false, delaySeconds: undefined };

/** Reads the text of a robots.txt that stands at `url`. */
export function readRobots(url: URL, text: string): Robots {
  const lines = text.slice(0, MAX_BYTES).split(/\r\n|\r|\n/);
  const rules = robotsParser(url.href, lines.filter((line) => line.length <= MAX_LINE).join("\n"));
  return {
    isAllowed: (page) => rules.isAllowed(page.href, ROBOT_NAME) !== false,
    delaySeconds: rules.getCrawlDelay(ROBOT_NAME),
  };
}

/**
 * Fetches what a site allows (RFC 9309): no such file, or one that is refused, allows everything; a site that fails
 * allows nothing for now.
 *
 * @throws AppError as {@link fetchOutbound} when the site cannot be reached or may not be.
 */
async function fetchRobots(
  origin: string,
  deps: OutboundDeps | undefined,
  signal?: AbortSignal,
): Promise<Robots> {
  const url = new URL("/robots.txt", origin);
  try {
    return await fetchOutbound(
      url,
      { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, accept: "text/plain, */*;q=.1", signal },
      async (response) => {
        if (response.status >= 500) return NOTHING;
        if (response.status !== 200) return EVERYTHING;
        return readRobots(url, (await readContent(response)).toString("utf8"));
      },
      deps,
    );
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof AppError ? error.code : undefined;
    if (code === "url_too_large") return NOTHING;
    // Endless redirects, damaged content: as if there were none. Anything else would fail the page as well.
    if (code === "url_failed" || code === "url_invalid") return EVERYTHING;
    throw error;
  }
}

/** Asks each site once. */
export function createRobotsCache(deps: OutboundDeps | undefined, signal?: AbortSignal) {
  const known = new Map<string, Promise<Robots>>();
  return (url: URL): Promise<Robots> => {
    const found = known.get(url.origin) ?? fetchRobots(url.origin, deps, signal);
    known.set(url.origin, found);
    return found;
  };
}
