/** A segment that may stand in a metric label: letters, hyphens and dots as in our own paths, nothing long. */
const PLAIN_SEGMENT = /^(?:v\d+|[a-z][a-z.-]{0,30})$/;

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * The path of a route with its parameters' names in place of their values, such as
 * `/api/documents/{id}/pages/{page}`: few values, so it can label metrics, and no user text, so it can be logged.
 */
export function routeLabel(pathname: string, params: Readonly<Record<string, unknown>>): string {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(params)) {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part === "string") names.set(decodeSegment(part), name);
    }
  }
  const segments = pathname.split("/").map((segment) => {
    if (segment === "") return segment;
    const name = names.get(decodeSegment(segment));
    if (name !== undefined) return `{${name}}`;
    return PLAIN_SEGMENT.test(segment) ? segment : "{value}";
  });
  return segments.join("/");
}
