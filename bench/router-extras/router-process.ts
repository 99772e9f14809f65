/** A router in a process of its own, so that its processor time can be told. Its configuration comes as argument. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Principal } from "../../lib/identity/schema.ts";
import { parseConfig } from "../../lib/router/config/parse-config.ts";
import { createRouter } from "../../lib/router/create-router.ts";

/** What the router did since the last reset. */
export interface RouterFigures {
  readonly processorMicros: number;
  /** Rows of money by upstream; `cache` and `shadow` stand for themselves. */
  readonly rows: Readonly<Record<string, number>>;
  readonly costMicros: number;
}

const principal: Principal = {
  orgId: "01890000-0000-7000-8000-000000000001",
  userId: "01890000-0000-7000-8000-000000000002",
  name: "Bench",
  email: null,
  role: "member",
  isGuest: false,
  via: "key",
  scopes: ["models"],
};

let rows: Record<string, number> = {};
let costMicros = 0;
const router = createRouter({
  config: parseConfig(process.argv[2] ?? "", { file: "vouch.yaml", readSecret: () => "key" }),
  authenticate: async () => principal,
  usage: {
    record: (row) => {
      const name = row.requestId.startsWith("shadow:") ? "shadow" : row.upstream;
      rows[name] = (rows[name] ?? 0) + 1;
      costMicros += row.costMicros ?? 0;
    },
    size: 0,
    flush: async () => 0,
  },
});
const server = createServer(router.handle);
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

let before = process.cpuUsage();
process.on("message", (question: string) => {
  const { user, system } = process.cpuUsage(before);
  process.send?.({ processorMicros: user + system, rows, costMicros } satisfies RouterFigures);
  if (question !== "reset") return;
  rows = {};
  costMicros = 0;
  before = process.cpuUsage();
});
