import type { Upstream } from "../upstream.ts";
import { UpstreamError } from "../upstream-error.ts";
import { RenewingStream } from "./renewing-stream.ts";
import type { TokenSource } from "./token-source.ts";

/**
 * The same upstream, whose calls survive a token that is refused: it is replaced and the call made again, once. Tokens
 * are revoked before their time when rights change.
 *
 * @param inner signs its calls with `tokens.token()`.
 */
export function renewOnRefusal(inner: Upstream, tokens: TokenSource): Upstream {
  return {
    name: inner.name,
    openStream: (call, receiver) =>
      new RenewingStream(receiver, (own) => inner.openStream(call, own), watchRefusals(tokens)),
    request: async (call, signal) => {
      const mayCallAgain = watchRefusals(tokens);
      try {
        return await inner.request(call, signal);
      } catch (error) {
        if (signal.aborted || !mayCallAgain(error)) throw error;
        return inner.request(call, signal);
      }
    },
    close: () => inner.close(),
  };
}

/** Notes the token that a call beginning now will use; the returned function judges how that call failed. */
function watchRefusals(tokens: TokenSource): (error: unknown) => boolean {
  const used = tokens.token();
  if (typeof used === "string") {
    return (error) =>
      error instanceof UpstreamError && error.upstreamStatus === 401 && !error.isUnsent && tokens.renew(used);
  }
  // It is being asked for, and the call waits for the same promise: what is refused as new stays refused.
  used.catch(() => {});
  return () => false;
}
