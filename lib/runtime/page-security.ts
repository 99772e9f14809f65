import { transportHeaders } from "../platform/http/index.ts";

/**
 * Headers of every page and answer that is not the router's. Scripts run by nonce only; nothing is loaded from
 * elsewhere, so neither a document nor a model's text can make the browser call out.
 *
 * Inline style attributes are allowed: they are how highlight boxes are placed, and they can load nothing.
 */
export function pageSecurityHeaders(
  nonce: string,
): Record<string, string> & { "content-security-policy": string } {
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...transportHeaders(),
  };
}

/**
 * What a shared page says on top: search engines leave it out, and the address (which is the permission to read) goes
 * nowhere with the next click. Next itself marks it private and not to be stored.
 */
export const SHARED_PAGE_HEADERS = {
  "x-robots-tag": "noindex, nofollow, noarchive",
  "referrer-policy": "no-referrer",
} as const;
