import { protocolMessage, queryMessage, type WireError } from "./backend-messages.ts";
import type { FrontendFrame } from "./frontend-frames.ts";
import { bothLeave, type Leaving, statementPolicy } from "./session-policy.ts";
import type { StatementNames } from "./statement-names.ts";

/** Messages to run in one go. `refusal`: the engine is made to fail, and this error replaces its own. */
export type RequestUnit = { messages: Buffer; refusal?: WireError; leaves: Leaving };

/** Query, Sync, Flush: the messages after which a client waits for an answer. */
const UNIT_ENDS = new Set(["Q", "S", "H"]);
/** Parse, Bind, Describe, Execute, Close. */
const UNIT_PARTS = new Set(["P", "B", "D", "E", "C"]);
/** Rest of a COPY the server refused: PostgreSQL ignores them outside a COPY too. */
const IGNORED = new Set(["d", "c", "f"]);

/** A pipeline longer than this runs in pieces, without waiting for its end. */
const UNIT_BYTES_MAX = 1024 * 1024;

/** SQL that fails in parsing, whatever the state of the transaction. */
const FAILING_QUERY = queryMessage("?");
const FAILING_PARSE = protocolMessage("P", Buffer.from("\0?\0\0\0"));

/** The whole messages of one client that have not been run yet. */
export class RequestQueue {
  bufferedBytes = 0;
  #frames: FrontendFrame[] = [];
  #unitEnds = 0;
  #names: StatementNames;
  #discardsUntilSync = false;
  /** What the statements this client has prepared may leave: they can be run at any later time. */
  #preparedLeave: Leaving = "nothing";

  constructor(names: StatementNames) {
    this.#names = names;
  }

  /** Adds a message; false when its type is none a client may send. */
  push(frame: FrontendFrame): boolean {
    if (IGNORED.has(frame.type)) return true;
    if (!UNIT_ENDS.has(frame.type) && !UNIT_PARTS.has(frame.type) && frame.type !== "X") return false;
    this.#frames.push(frame);
    this.bufferedBytes += frame.bytes.length;
    if (UNIT_ENDS.has(frame.type)) this.#unitEnds += 1;
    return true;
  }

  get hasUnit(): boolean {
    return this.#unitEnds > 0 || this.bufferedBytes > UNIT_BYTES_MAX;
  }

  /** True when the next message opens a transaction that only reads. */
  get beginsReading(): boolean {
    const [frame] = this.#frames;
    return frame?.type === "Q" && /^begin read only\b/i.test(statementText(frame) ?? "");
  }

  /** True when the client's next message is its goodbye. */
  get endsHere(): boolean {
    return this.#frames[0]?.type === "X";
  }

  /** The next messages up to the point where the client waits for an answer; a refused one comes alone. */
  takeUnit(): RequestUnit {
    const messages: Buffer[] = [];
    let bytes = 0;
    let leaves: Leaving = "nothing";
    while (this.#frames.length > 0 && !this.endsHere) {
      const [frame] = this.#frames;
      if (!frame) break;
      const sql = statementText(frame);
      const policy = sql === undefined ? undefined : statementPolicy(sql);
      if (policy?.refusal && messages.length > 0) break;
      this.#shift();
      if (policy?.refusal) {
        const failing = frame.type === "Q" ? FAILING_QUERY : FAILING_PARSE;
        return { messages: failing, refusal: policy.refusal, leaves: this.#preparedLeave };
      }
      if (policy !== undefined) leaves = bothLeave(leaves, policy.leaves);
      if (frame.type === "P") {
        this.#preparedLeave = bothLeave(this.#preparedLeave, policy?.leaves ?? "settings");
        // Anybody could run it; a name is known to this client alone.
        if (isUnnamed(frame)) leaves = bothLeave(leaves, "settings");
      }
      messages.push(this.#names.rewrite(frame));
      bytes += frame.bytes.length;
      if (UNIT_ENDS.has(frame.type) || bytes > UNIT_BYTES_MAX) break;
    }
    const [only] = messages;
    return {
      messages: messages.length === 1 && only ? only : Buffer.concat(messages),
      leaves: bothLeave(leaves, this.#preparedLeave),
    };
  }

  /**
   * Drops the first request of a client that has not had its turn.
   *
   * @returns what has to be answered: an error and ReadyForQuery, an error alone (the Sync is still to come), or
   * nothing because no request waits.
   */
  cancelFirst(): "answer" | "answer-until-sync" | "nothing" {
    if (!this.hasUnit || this.#discardsUntilSync) return "nothing";
    while (this.#frames.length > 0) {
      const type = this.#shift()?.type;
      if (type === "Q" || type === "S") return "answer";
      if (type === "H") break;
    }
    this.#discardsUntilSync = true;
    return "answer-until-sync";
  }

  /** After a cancelled request: drops messages up to its Sync; true when the Sync has come. */
  discardToSync(): boolean {
    while (this.#discardsUntilSync && this.#frames.length > 0 && !this.endsHere) {
      if (this.#shift()?.type !== "S") continue;
      this.#discardsUntilSync = false;
      return true;
    }
    return false;
  }

  get isDiscarding(): boolean {
    return this.#discardsUntilSync;
  }

  clear(): void {
    this.#frames = [];
    this.bufferedBytes = 0;
    this.#unitEnds = 0;
  }

  #shift(): FrontendFrame | undefined {
    const frame = this.#frames.shift();
    if (!frame) return undefined;
    this.bufferedBytes -= frame.bytes.length;
    if (UNIT_ENDS.has(frame.type)) this.#unitEnds -= 1;
    return frame;
  }
}

/** True for a Parse message that names no statement. */
function isUnnamed({ bytes }: FrontendFrame): boolean {
  return bytes[5] === 0;
}

/** The SQL inside a Query or Parse message, one character per byte. */
function statementText({ type, bytes }: FrontendFrame): string | undefined {
  if (type === "Q") return bytes.toString("latin1", 5, bytes.length - 1);
  if (type !== "P") return undefined;
  const nameEnd = bytes.indexOf(0, 5);
  const textEnd = nameEnd < 0 ? -1 : bytes.indexOf(0, nameEnd + 1);
  return textEnd < 0 ? undefined : bytes.toString("latin1", nameEnd + 1, textEnd);
}
