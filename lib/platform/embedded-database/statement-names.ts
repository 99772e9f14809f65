import { closeStatementMessage, protocolMessage } from "./backend-messages.ts";
import type { FrontendFrame } from "./frontend-frames.ts";

const BODY_START = 5;
const STATEMENT = 0x53;

/**
 * Gives one client's prepared statements names of their own in the shared session, so that two clients may both
 * call theirs `s1`, and knows which ones to close when the client goes. Short names also escape the 63 bytes at
 * which PostgreSQL cuts them.
 */
export class StatementNames {
  #prefix: string;
  #sharedNames = new Map<string, string>();

  constructor(clientId: number) {
    this.#prefix = `c${clientId}_`;
  }

  /** The frame with its statement name replaced; frames without a named statement come back as they are. */
  rewrite(frame: FrontendFrame): Buffer {
    const { bytes, type } = frame;
    const nameStart = this.#nameStart(frame);
    const nameEnd = nameStart < 0 ? -1 : bytes.indexOf(0, nameStart);
    if (nameEnd <= nameStart) return bytes;
    const name = Buffer.from(this.#sharedName(bytes.toString("latin1", nameStart, nameEnd)));
    const body = [bytes.subarray(BODY_START, nameStart), name, bytes.subarray(nameEnd)];
    return protocolMessage(type, Buffer.concat(body));
  }

  /** Messages that close every statement this client ever named; closing twice is no error. */
  closeMessages(): Buffer[] {
    return [...this.#sharedNames.values()].map(closeStatementMessage);
  }

  /** Where the statement's name begins, or -1 when the message names none. */
  #nameStart({ bytes, type }: FrontendFrame): number {
    if (type === "P") return BODY_START;
    if (type === "B") {
      const portalEnd = bytes.indexOf(0, BODY_START);
      return portalEnd < 0 ? -1 : portalEnd + 1;
    }
    const describesStatement = (type === "D" || type === "C") && bytes[BODY_START] === STATEMENT;
    return describesStatement ? BODY_START + 1 : -1;
  }

  #sharedName(name: string): string {
    let shared = this.#sharedNames.get(name);
    if (shared === undefined) {
      shared = `${this.#prefix}${this.#sharedNames.size + 1}`;
      this.#sharedNames.set(name, shared);
    }
    return shared;
  }
}
