/** A site of a test's own making on a loopback port, and a way out that may reach it under any name. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseAllowList } from "./allow-list.ts";
import { makeOutboundDeps, type OutboundDeps } from "./fetch-outbound.ts";
import type { Resolve } from "./guard-connect.ts";

/** A running site. */
export interface TestSite {
  readonly port: number;
  readonly origin: string;
  /** `method path` of each request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Starts a server that answers with `listener`. */
export async function startTestSite(listener: RequestListener): Promise<TestSite> {
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    response.on("error", () => {});
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A way out with a list of permitted hosts and, if need be, a resolver of the test's. */
export function testOutbound(allow: string, resolve?: Resolve, ownPort = 1): OutboundDeps {
  const rules = { allow: parseAllowList(allow), ownPort, ownHost: undefined };
  return makeOutboundDeps(() => rules, resolve);
}
