import type { TransactionStatus } from "./backend-messages.ts";
import type { FrontendFrame } from "./frontend-frames.ts";
import { replyMessages } from "./reply-reader.ts";

/** What a request does to the transaction it runs in. */
export type RequestKind = "commit" | "rollback" | "other";

/** What was under way when a connection was lost. */
export type LostWork = {
  /** Status before the first unanswered request. */
  status: TransactionStatus;
  /** Requests that wait for their ReadyForQuery. */
  unanswered: RequestKind[];
  /** Messages went out whose Sync has not been sent yet. */
  isHalfSent: boolean;
};

/** Follows both directions of a connection: which requests wait for an answer, in which transaction status. */
export class RequestTracker {
  status: TransactionStatus | null = null;
  #unanswered: RequestKind[] = [];
  #isHalfSent = false;
  #currentKind: RequestKind = "other";
  /** Parse messages of named statements, to prepare them again on the next connection. */
  #namedParses = new Map<string, FrontendFrame>();

  noteRequest(frame: FrontendFrame): void {
    const kind = this.kindOf(frame);
    if (kind !== "other") this.#currentKind = kind;
    const name = frame.type === "P" ? zeroEnded(frame.bytes, 5) : "";
    if (name !== "") this.#namedParses.set(name, frame);
    if (frame.type === "Q" || frame.type === "S") {
      this.#unanswered.push(this.#currentKind);
      this.#currentKind = "other";
      this.#isHalfSent = false;
    } else this.#isHalfSent = true;
  }

  noteReply(messages: Buffer): void {
    for (const { type, body } of replyMessages(messages)) {
      if (type !== "Z") continue;
      this.status = String.fromCharCode(body.readUInt8(0)) as TransactionStatus;
      this.#unanswered.shift();
    }
  }

  /** Forgets what was under way. */
  loseAll(): LostWork {
    const lost = { status: this.status ?? "I", unanswered: this.#unanswered, isHalfSent: this.#isHalfSent };
    this.status = "I";
    this.#unanswered = [];
    this.#isHalfSent = false;
    this.#currentKind = "other";
    return lost;
  }

  namedParses(): Buffer[] {
    return [...this.#namedParses.values()].map(({ bytes }) => bytes);
  }

  /** Recognises the end of a transaction in a Query, a Parse, or the Bind of a statement prepared before. */
  kindOf({ type, bytes }: FrontendFrame): RequestKind {
    if (type === "Q") return kindOfSql(zeroEnded(bytes, 5, 40));
    if (type === "P") return kindOfSql(zeroEnded(bytes, bytes.indexOf(0, 5) + 1, 40));
    if (type !== "B") return "other";
    const parse = this.#namedParses.get(zeroEnded(bytes, bytes.indexOf(0, 5) + 1));
    return parse ? this.kindOf(parse) : "other";
  }
}

function kindOfSql(start: string): RequestKind {
  if (/^\s*(?:commit|end)\b/i.test(start)) return "commit";
  if (/^\s*(?:rollback|abort)\b(?!\s+(?:work\s+|transaction\s+)?to\b)/i.test(start)) return "rollback";
  return "other";
}

function zeroEnded(bytes: Buffer, start: number, lengthMax = Number.POSITIVE_INFINITY): string {
  return bytes.toString("latin1", start, Math.min(bytes.indexOf(0, start), start + lengthMax));
}
