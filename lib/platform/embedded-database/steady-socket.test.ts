import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "./start-embedded-database.ts";
import { SteadySocket } from "./steady-socket.ts";
import { emptyDump } from "./test-support.ts";

let directory: string;
let database: EmbeddedDatabase;
let relay: Server;
/** The connections through the relay that are open now, oldest first. */
let relayed: Socket[] = [];
let opened = 0;
let sql: postgres.Sql;

/** The client's ends of those connections. */
let clientEnds: Socket[] = [];

/** Cuts every connection, as a crashed server or a lost network would. */
function cut(): void {
  for (const socket of relayed) socket.destroy();
  relayed = [];
}

/** Cuts every connection and waits until the client's side knows. */
async function cutNoticeably(): Promise<void> {
  const noticed = clientEnds.filter((socket) => !socket.destroyed).map((socket) => once(socket, "close"));
  cut();
  await Promise.all(noticed);
  clientEnds = [];
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "vouch-steady-"));
  database = await startEmbeddedDatabase({
    dataDir: null,
    socketDir: join(directory, "socket"),
    loadFrom: await emptyDump(),
  });
  relay = createServer((client) => {
    const upstream = createConnection(database.socketPath);
    relayed.push(client);
    opened += 1;
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on("error", () => {});
    client.on("close", () => upstream.destroy());
  });
  relay.listen(join(directory, "relay"));
  await once(relay, "listening");
});

afterAll(async () => {
  cut();
  relay.close();
  await database.close();
  await rm(directory, { recursive: true });
});

beforeEach(async () => {
  const open = () => {
    const socket = createConnection(join(directory, "relay"));
    clientEnds.push(socket);
    return socket;
  };
  const socket = () => new SteadySocket({ open, reconnectMs: 300 });
  sql = postgres({ socket, user: "tester", database: "any", max: 1, onnotice: () => {} } as never);
  await sql.unsafe("drop table if exists t; create table t (a int)");
  return async () => sql.end({ timeout: 1 });
});

describe("a steady socket", () => {
  it("lets an idle client go on as if nothing had happened", async () => {
    const ask = () => sql`select ${1}::int as one`;
    await ask();
    const before = opened;
    await cutNoticeably();
    // The statement was prepared on the lost connection; it has to work on the new one, also inside a transaction.
    expect(await sql.begin((tx) => tx`select ${1}::int as one`)).toEqual([{ one: 1 }]);
    expect(await ask()).toEqual([{ one: 1 }]);
    expect(opened).toBe(before + 1);
  });

  it("fails a transaction whose connection was lost, and runs none of its rest anywhere else", async () => {
    const transaction = sql.begin(async (tx) => {
      await tx`insert into t values (1)`;
      cut();
      await tx`insert into t values (2)`.catch(() => {});
      await tx`insert into t values (3)`.catch(() => {});
    });
    await expect(transaction).rejects.toMatchObject({ code: "08006" });
    expect(await sql`select a from t`).toEqual([]);
    expect(await sql.begin((tx) => tx`select current_user as role`)).toEqual([{ role: "postgres" }]);
  });

  it("fails the commit of a lost transaction", async () => {
    const transaction = sql.begin(async (tx) => {
      await tx`insert into t values (1)`;
      cut();
    });
    await expect(transaction).rejects.toMatchObject({ code: "08006" });
    expect(await sql`select a from t`).toEqual([]);
  });

  it("fails what was in flight, in a transaction and outside, and every savepoint with it", async () => {
    const slow = () => sql`select pg_sleep(0.2)`;
    const inFlight = [slow(), slow()].map((query) => query.catch((error) => error.code));
    await expect.poll(() => relayed.some(({ bytesRead }) => bytesRead > 0)).toBe(true);
    cut();
    expect(await Promise.all(inFlight)).toEqual(["08006", "08006"]);
    const transaction = sql.begin(async (tx) => {
      await tx`insert into t values (1)`;
      await tx.savepoint(async (inner) => {
        const lost = inner`select pg_sleep(0.2)`.execute();
        cut();
        await lost;
      });
    });
    await expect(transaction).rejects.toMatchObject({ code: "08006" });
    expect(await sql`select a from t`).toEqual([]);
  });

  it("says so when the database does not come back, and finds it when it does", async () => {
    await sql`select 1`;
    await cutNoticeably();
    relay.close();
    await expect(sql`select 1`).rejects.toMatchObject({ code: "08006" });
    relay.listen(join(directory, "relay"));
    expect(await sql`select 1 as back`).toEqual([{ back: 1 }]);
  });

  it("ends when postgres.js ends it", async () => {
    await sql`select 1`;
    await sql.end();
    await expect.poll(() => relayed.filter((socket) => !socket.destroyed).length).toBe(0);
  });
});
