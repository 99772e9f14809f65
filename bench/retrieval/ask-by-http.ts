import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApiKey, createUser, findPrincipalOfMember } from "../../lib/identity/index.ts";
import type { Principal } from "../../lib/identity/schema.ts";
import { type SearchResponse, searchResponseSchema } from "../../lib/knowledge/schema.ts";
import { directRoutes } from "../../lib/runtime/direct-routes.ts";
import { createRequestListener } from "../../lib/runtime/request-listener.ts";

/** Each may search 600 times a minute. */
const READERS = 16;

/** `POST /api/search` of this process, asked with API keys. */
export interface SearchByHttp {
  search(query: string, limit: number): Promise<SearchResponse>;
  close(): Promise<void>;
}

async function makeKeys({ orgId }: Principal): Promise<string[]> {
  const keys: string[] = [];
  for (let index = 1; index <= READERS; index += 1) {
    const person = {
      email: `reader-${index}@bench.example`,
      name: `Reader ${index}`,
      role: "member",
      password: "a password of the bench",
    } as const;
    const member = await findPrincipalOfMember(orgId, await createUser({ orgId, userId: null }, person));
    if (member === null) throw new Error("the member that was just made is not found");
    keys.push((await createApiKey(member, { name: "bench", scopes: ["search"] })).key);
  }
  return keys;
}

/** Serves the search as the program does, before the database of this process; members of the organisation ask. */
export async function openSearchByHttp(owner: Principal): Promise<SearchByHttp> {
  const keys = await makeKeys(owner);
  const none = { handle: () => {} };
  const server = createServer(
    createRequestListener(none, (_request, response) => response.writeHead(404).end(), directRoutes),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  let asked = 0;
  return {
    search: async (query, limit) => {
      asked += 1;
      const response = await fetch(`http://127.0.0.1:${port}/api/search`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${keys[asked % keys.length]}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ query, limit }),
        signal: AbortSignal.timeout(60_000),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`a search was answered ${response.status}: ${text.slice(0, 200)}`);
      return searchResponseSchema.parse(JSON.parse(text));
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
