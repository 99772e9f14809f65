/** Messages the server writes itself, as opposed to those the database engine produces. */

/** What the database engine says about its transaction: idle, inside one, inside a failed one. */
export type TransactionStatus = "I" | "T" | "E";

export type WireError = { severity: "ERROR" | "FATAL"; code: string; message: string; hint?: string };

/** A protocol message of `type` around `body`: also the shape of every typed frontend message. */
export function protocolMessage(type: string, body: Buffer): Buffer {
  const message = Buffer.allocUnsafe(5 + body.length);
  message.writeUInt8(type.charCodeAt(0), 0);
  message.writeInt32BE(4 + body.length, 1);
  body.copy(message, 5);
  return message;
}

export function errorResponse(error: WireError): Buffer {
  const fields = [`S${error.severity}`, `V${error.severity}`, `C${error.code}`, `M${error.message}`];
  if (error.hint) fields.push(`H${error.hint}`);
  return protocolMessage("E", Buffer.from(`${fields.join("\0")}\0\0`));
}

export function readyForQuery(status: TransactionStatus): Buffer {
  return protocolMessage("Z", Buffer.from(status));
}

export function authenticationOk(): Buffer {
  return protocolMessage("R", Buffer.alloc(4));
}

export function parameterStatus(name: string, value: string): Buffer {
  return protocolMessage("S", Buffer.from(`${name}\0${value}\0`));
}

export function backendKeyData(processId: number, secret: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt32BE(processId, 0);
  body.writeUInt32BE(secret, 4);
  return protocolMessage("K", body);
}

/** Tells a client that asked for a newer minor version, or for unknown options, that it gets 3.0 without them. */
export function negotiateProtocolVersion(unknownOptions: string[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x0003_0000, 0);
  head.writeUInt32BE(unknownOptions.length, 4);
  return protocolMessage(
    "v",
    Buffer.concat([head, Buffer.from(unknownOptions.map((o) => `${o}\0`).join(""))]),
  );
}

export const SYNC_MESSAGE = protocolMessage("S", Buffer.alloc(0));

export function queryMessage(sql: string): Buffer {
  return protocolMessage("Q", Buffer.from(`${sql}\0`));
}

/** Closes a prepared statement; closing one that does not exist is no error. */
export function closeStatementMessage(name: string): Buffer {
  return protocolMessage("C", Buffer.from(`S${name}\0`));
}
