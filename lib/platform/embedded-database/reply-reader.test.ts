import { expect, it } from "vitest";
import { errorResponse, parameterStatus, readyForQuery } from "./backend-messages.ts";
import { ReplyReader, replyMessages } from "./reply-reader.ts";
import { WholeMessages } from "./whole-messages.ts";

const reply = Buffer.concat([
  parameterStatus("Z", "ZZZZZ"),
  readyForQuery("T"),
  errorResponse({ severity: "ERROR", code: "22012", message: "division by zero" }),
  readyForQuery("E"),
]);

it("the last transaction status is found wherever the reply is cut", () => {
  for (let cut = 0; cut <= reply.length; cut += 1) {
    const reader = new ReplyReader();
    reader.push(reply.subarray(0, cut));
    reader.push(reply.subarray(cut));
    expect(reader.status).toBe("E");
  }
});

it("a reply cut anywhere is passed on in whole messages, none missing", () => {
  const boundaries = [0];
  for (const { bytes } of replyMessages(reply)) boundaries.push((boundaries.at(-1) ?? 0) + bytes.length);
  for (let cut = 0; cut <= reply.length; cut += 1) {
    const messages = new WholeMessages();
    const first = messages.push(reply.subarray(0, cut));
    const second = messages.push(reply.subarray(cut));
    expect(boundaries).toContain(first.length);
    expect(Buffer.concat([first, second])).toEqual(reply);
  }
});
