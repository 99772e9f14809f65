import { errorResponse, protocolMessage, readyForQuery, type TransactionStatus } from "./backend-messages.ts";
import type { FrontendFrame } from "./frontend-frames.ts";
import type { LostWork, RequestKind } from "./request-tracker.ts";

const CONNECTION_LOST = errorResponse({
  severity: "ERROR",
  code: "08006",
  message: "the connection to the database was lost",
});
const ROLLED_BACK = protocolMessage("C", Buffer.from("ROLLBACK\0"));

/**
 * Plays a session whose connection is gone, by PostgreSQL's own rules: what was in flight fails, a transaction that
 * was open stays failed until it is rolled back. Nothing ever succeeds but ROLLBACK.
 */
export class LostSession {
  #status: TransactionStatus = "I";
  #kind: RequestKind = "other";
  #discardsUntilSync = false;

  /** Nothing of the lost session is left: the next request may go to a new one. */
  get isOver(): boolean {
    return this.#status === "I" && !this.#discardsUntilSync;
  }

  /** @returns the reply to everything that was in flight. */
  begin({ status, unanswered, isHalfSent }: LostWork): Buffer {
    this.#status = status === "I" ? "I" : "E";
    this.#kind = "other";
    this.#discardsUntilSync = isHalfSent;
    // Whether a COMMIT in flight took effect is not known; either way its transaction is over.
    const replies: Buffer[] = unanswered.map((kind) => {
      if (kind !== "other") this.#status = "I";
      return Buffer.concat([CONNECTION_LOST, readyForQuery(this.#status)]);
    });
    if (isHalfSent) replies.push(CONNECTION_LOST);
    return Buffer.concat(replies);
  }

  /** @returns the reply to one more message of the lost session. */
  answer(frame: FrontendFrame, kind: RequestKind): Buffer {
    if (kind !== "other") this.#kind = kind;
    const isEnd = frame.type === "Q" || frame.type === "S";
    if (this.#discardsUntilSync) {
      if (!isEnd) return Buffer.alloc(0);
      this.#discardsUntilSync = false;
      return readyForQuery(this.#status);
    }
    if (frame.type === "H") {
      this.#discardsUntilSync = true;
      return CONNECTION_LOST;
    }
    if (!isEnd) return Buffer.alloc(0);
    const outcome = this.#kind === "rollback" ? ROLLED_BACK : CONNECTION_LOST;
    if (this.#kind !== "other") this.#status = "I";
    this.#kind = "other";
    return Buffer.concat([outcome, readyForQuery(this.#status)]);
  }
}
