import type { ClientRequest, IncomingMessage } from "node:http";
import { EventParser } from "../../stream/event-parser.ts";
import type { RunningStream, StreamReceiver } from "../upstream.ts";
import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { CallEvents } from "./open-call.ts";
import { readRefusal } from "./read-reply.ts";

/** How long a finished answer's connection may take to end by itself before it is closed. */
const TAIL_MS = 1_000;

/** Opens a call and hands its events to the receiver until the answer ends, fails or is let go. */
export function openEventStream(
  upstream: string,
  open: (events: CallEvents) => ClientRequest,
  receiver: StreamReceiver,
): RunningStream {
  let isOver = false;
  let response: IncomingMessage | undefined;
  const fail = (error: UpstreamError) => {
    if (isOver) return;
    isOver = true;
    receiver.fail(error);
  };
  const request = open({
    failed: fail,
    answered: (answer) => {
      response = answer;
      answer.on("error", (cause) => fail(upstreamFault("connection_cut", upstream, { cause })));
      if (answer.statusCode !== 200) {
        readRefusal(answer, upstream).then(fail, fail);
        return;
      }
      relayEvents(answer, {
        events: (batch) => !isOver && receiver.events(batch),
        end: () => {
          if (isOver) return;
          isOver = true;
          receiver.end();
        },
        fail: (cause) => fail(upstreamFault("connection_cut", upstream, { cause })),
      });
    },
  });
  return {
    pause: () => response?.pause(),
    resume: () => response?.resume(),
    finish: () => {
      isOver = true;
      letGo(request, response);
    },
    destroy: () => {
      isOver = true;
      request.destroy();
    },
  };
}

interface RelayTarget {
  events(batch: readonly string[]): unknown;
  end(): void;
  fail(cause: unknown): void;
}

function relayEvents(response: IncomingMessage, target: RelayTarget): void {
  const parser = new EventParser();
  response.on("data", (chunk: Buffer) => {
    let batch: readonly string[];
    try {
      batch = parser.push(chunk);
    } catch (error) {
      response.destroy();
      target.fail(error);
      return;
    }
    if (batch.length > 0) target.events(batch);
  });
  response.once("end", () => {
    const last = parser.end();
    if (last.length > 0) target.events(last);
    target.end();
  });
  response.once("close", () => {
    if (!response.complete) target.fail(new Error("closed before its end"));
  });
}

/** The answer is whole: reads what is left so that the connection can serve again, but not for long. */
function letGo(request: ClientRequest, response: IncomingMessage | undefined): void {
  if (response === undefined) {
    request.destroy();
    return;
  }
  if (response.complete) {
    response.resume();
    return;
  }
  const timer = setTimeout(() => request.destroy(), TAIL_MS);
  timer.unref();
  response.once("close", () => clearTimeout(timer));
  response.resume();
}
