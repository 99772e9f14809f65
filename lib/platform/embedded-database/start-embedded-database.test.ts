import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { protocolMessage, queryMessage, SYNC_MESSAGE } from "./backend-messages.ts";
import { replyMessages } from "./reply-reader.ts";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "./start-embedded-database.ts";
import { emptyDump } from "./test-support.ts";

const IDLE_LIMIT_MS = 500;

let directory: string;
let database: EmbeddedDatabase;
let sql: postgres.Sql;

function connect(max = 1, more: Record<string, unknown> = {}): postgres.Sql {
  return postgres({ path: database.socketPath, user: "tester", database: "any", max, ...more } as never);
}

/** A bare client that says what it is told and collects what comes back. */
class BareClient {
  reply = Buffer.alloc(0);
  /** Process id and secret, as a cancel request carries them. */
  key = Buffer.alloc(0);
  socket: Socket;

  constructor() {
    this.socket = createConnection(database.socketPath);
    this.socket.on("data", (chunk) => {
      this.reply = Buffer.concat([this.reply, chunk]);
    });
  }

  static async open(): Promise<BareClient> {
    const client = new BareClient();
    client.socket.write(protocolMessage(" ", Buffer.from("\0\u0003\0\0user\0bare\0\0")).subarray(1));
    client.key = Buffer.from(await client.until("K"), "latin1");
    return client;
  }

  /** Waits for a message of this type and returns its body. */
  async until(wanted: string): Promise<string> {
    for (;;) {
      const found = [...replyMessages(this.reply)].find(({ type }) => type === wanted);
      const isWhole = found && found.bytes.length === 1 + found.bytes.readInt32BE(1);
      if (isWhole) {
        this.reply = Buffer.alloc(0);
        return found.body.toString("latin1");
      }
      await once(this.socket, "data");
    }
  }

  ask(message: Buffer, answer: string): Promise<string> {
    this.socket.write(message);
    return this.until(answer);
  }
}

function parse(name: string, text: string): Buffer {
  return protocolMessage("P", Buffer.from(`${name}\0${text}\0\0\0`));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "vouch-edb-"));
  database = await startEmbeddedDatabase({
    dataDir: null,
    loadFrom: await emptyDump(),
    socketDir: join(directory, "socket"),
    idleInTransactionMs: IDLE_LIMIT_MS,
  });
  sql = connect(4);
  await sql.unsafe("create table t (a int); create role tenant nologin; grant select, insert on t to tenant");
});

afterAll(async () => {
  await sql.end();
  await database.close();
  await rm(directory, { recursive: true });
});

describe("clients of the embedded database", () => {
  it("may be postgres.js with parameters, arrays, cursors, simple queries and both extensions", async () => {
    const json = sql.json({ a: 1 });
    const [row] = await sql`select ${"x"}::text as text, ${[1, 2]}::int[] as list, ${json}::jsonb as json`;
    expect(row).toEqual({ text: "x", list: [1, 2], json: { a: 1 } });
    const seen: number[] = [];
    await sql`select i from generate_series(1, 7) i`.cursor(3, (rows) => {
      seen.push(...rows.map(({ i }) => i as number));
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await sql.unsafe("create extension if not exists vector; create extension if not exists pg_textsearch");
    const [near] = await sql`select '[1,2,3]'::vector <-> '[1,2,4]'::vector as distance`;
    expect(near?.distance).toBe(1);
  });

  it("may be psql", async (context) => {
    const run = promisify(execFile);
    const isInstalled = await run("psql", ["--version"]).then(
      () => true,
      () => false,
    );
    if (!isInstalled) return context.skip("psql is not installed");
    const script = ["-c", "select 40 + 2", "-c", "\\d t"];
    const { stdout } = await run("psql", ["-h", join(directory, "socket"), "-X", "-A", "-t", ...script]);
    expect(stdout).toContain("42\na|integer");
  });

  it("send and receive 16 MB in one message", async () => {
    const big = "é".repeat(8 * 1024 * 1024);
    const [row] = await sql`select ${big}::text as big`;
    expect(row?.big === big).toBe(true);
  });

  it("are asked to do without encryption", async () => {
    const client = new BareClient();
    client.socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    await once(client.socket, "data");
    expect(client.reply.toString()).toBe("N");
    client.socket.destroy();
  });

  it("are turned away when they ask for settings of their own", async () => {
    const own = connect(1, { connection: { search_path: "elsewhere" } });
    await expect(own`select 1`).rejects.toMatchObject({ code: "0A000" });
    await own.end();
  });

  it("reach a socket nobody else may enter", async () => {
    expect((await stat(join(directory, "socket"))).mode & 0o777).toBe(0o700);
    expect((await stat(database.socketPath)).mode & 0o777).toBe(0o600);
  });
});

describe("clients that share the session", () => {
  it("may use the same name for different prepared statements", async () => {
    const [one, two] = [await BareClient.open(), await BareClient.open()];
    await one.ask(Buffer.concat([parse("s", "select 1"), SYNC_MESSAGE]), "Z");
    await two.ask(Buffer.concat([parse("s", "select 2"), SYNC_MESSAGE]), "Z");
    const execute = Buffer.concat([
      protocolMessage("B", Buffer.from("\0s\0\0\0\0\0\0\0")),
      protocolMessage("E", Buffer.from("\0\0\0\0\0")),
      SYNC_MESSAGE,
    ]);
    expect((await one.ask(execute, "D")).at(-1)).toBe("1");
    expect((await two.ask(execute, "D")).at(-1)).toBe("2");
    one.socket.destroy();
    two.socket.destroy();
  });

  it("cannot run the unnamed statement another one prepared", async () => {
    const [one, two] = [await BareClient.open(), await BareClient.open()];
    await one.ask(Buffer.concat([parse("", "select 'secret'"), SYNC_MESSAGE]), "Z");
    const execute = Buffer.concat([protocolMessage("B", Buffer.from("\0\0\0\0\0\0\0\0")), SYNC_MESSAGE]);
    expect(await two.ask(execute, "E")).toContain("26000");
    one.socket.destroy();
    two.socket.destroy();
  });

  it("leave no prepared statement behind when they go", async () => {
    const client = await BareClient.open();
    await client.ask(Buffer.concat([parse("mine", "select 'left behind'"), SYNC_MESSAGE]), "Z");
    client.socket.end(protocolMessage("X", Buffer.alloc(0)));
    await once(client.socket, "close");
    const left = () => sql`select 1 from pg_prepared_statements where statement = 'select ''left behind'''`;
    await expect.poll(async () => (await left()).length).toBe(0);
  });

  it("never see a role or organisation another one set, however it was set", async () => {
    const [one, two] = [connect(), connect()];
    const state = () =>
      two`select current_user as role, coalesce(current_setting('app.org', true), '') as org`;
    await one.begin(async (tx) => {
      await tx`select set_config('role', 'tenant', true), set_config('app.org', 'one', true)`;
      expect(await tx`select current_user as role`).toEqual([{ role: "tenant" }]);
    });
    expect(await state()).toEqual([{ role: "postgres", org: "" }]);
    await one.unsafe(
      "do $$ begin perform set_config('role', 'tenant', false); perform set_config('app.org', 'one', false); end $$",
    );
    expect(await state()).toEqual([{ role: "postgres", org: "" }]);
    await one.end();
    await two.end();
  });

  it("never inherit temporary tables or session locks made behind the policy's back", async () => {
    const [one, two] = [connect(), connect()];
    await one.unsafe(
      "do $$ begin execute 'create temp table hidden (a int)'; perform pg_advisory_lock(7); end $$",
    );
    expect(await two`select to_regclass('hidden') as hidden`).toEqual([{ hidden: null }]);
    expect(await two`select count(*)::int as locks from pg_locks where locktype = 'advisory'`).toEqual([
      { locks: 0 },
    ]);
    await one.end();
    await two.end();
  });

  it("get a clear error for what would leave state behind, and a failed transaction stays failed", async () => {
    const one = connect();
    await expect(one`set work_mem = '1MB'`).rejects.toMatchObject({ code: "0A000" });
    const transaction = one.begin(async (tx) => {
      await tx`insert into t values (1000)`;
      await tx`listen jobs`.catch(() => {});
      await tx`select 1`;
    });
    await expect(transaction).rejects.toMatchObject({ code: "0A000" });
    expect(await one`select * from t where a = 1000`).toEqual([]);
    await expect(one.unsafe("copy t from stdin")).rejects.toMatchObject({ code: "0A000" });
    expect(await one`select 1 as alive`).toEqual([{ alive: 1 }]);
    await one.end();
  });
});

describe("transactions of the embedded database", () => {
  it("of a client that vanishes are rolled back, also in the middle of the extended protocol", async () => {
    for (const last of [
      queryMessage("select 1"),
      Buffer.concat([parse("", "select 1"), protocolMessage("H", Buffer.alloc(0))]),
    ]) {
      const client = await BareClient.open();
      await client.ask(queryMessage("begin; set local role tenant; insert into t values (2000)"), "Z");
      await client.ask(last, last[0] === 0x51 ? "Z" : "1");
      client.socket.destroy();
      expect(
        await sql`select current_user as role from (select count(*) from t where a = 2000) n where count = 0`,
      ).toEqual([{ role: "postgres" }]);
    }
  });

  it("that idle too long are ended with 25P03 so that others go on", async () => {
    const client = await BareClient.open();
    await client.ask(queryMessage("begin; insert into t values (3000)"), "Z");
    const others = sql`select count(*)::int as rows from t where a = 3000`;
    expect(await client.until("E")).toContain("25P03");
    await once(client.socket, "close");
    expect(await others).toEqual([{ rows: 0 }]);
  });

  it("hold the others back until they are over", async () => {
    const [one, two] = [connect(), connect()];
    const order: string[] = [];
    await two`select 1`;
    let waiting: Promise<unknown> | undefined;
    await one.begin(async (tx) => {
      await tx`insert into t values (4000)`;
      waiting = two`select 1`.then(() => order.push("two"));
      for (let i = 0; i < 20; i += 1) await tx`select 1`;
      order.push("one");
    });
    await waiting;
    expect(order).toEqual(["one", "two"]);
    await one.end();
    await two.end();
  });

  it("that fail leave the engine usable by everyone", async () => {
    const failures = Array.from({ length: 40 }, (_, i) =>
      sql.begin(async (tx) => {
        await tx`insert into t values (5000)`;
        await (i % 2 === 0 ? tx`select 1/0` : tx.unsafe("selec 1; select 2"));
      }),
    );
    const outcomes = await Promise.allSettled(failures);
    expect(outcomes.map(({ status }) => status)).toEqual(failures.map(() => "rejected"));
    expect(await sql`select count(*)::int as rows from t where a = 5000`).toEqual([{ rows: 0 }]);
  });
});

describe("the wire server", () => {
  it("ends a client that breaks the protocol, and only that one", async () => {
    const client = await BareClient.open();
    expect(await client.ask(protocolMessage("y", Buffer.alloc(0)), "E")).toContain("08P01");
    await once(client.socket, "close");
    expect(await sql`select 1 as alive`).toEqual([{ alive: 1 }]);
  });

  it("cancels a request that waits for its turn, and the client goes on", async () => {
    const [holder, waiting, canceller] = [await BareClient.open(), await BareClient.open(), new BareClient()];
    await holder.ask(queryMessage("begin"), "Z");
    waiting.socket.write(Buffer.concat([parse("", "select 1"), SYNC_MESSAGE, queryMessage("select 2")]));
    // A request that has not arrived yet cannot be cancelled: let the server read it first.
    await holder.ask(queryMessage("select 1"), "Z");
    canceller.socket.write(Buffer.concat([Buffer.from([0, 0, 0, 16, 4, 210, 22, 46]), waiting.key]));
    expect(await waiting.until("E")).toContain("57014");
    await holder.ask(queryMessage("rollback"), "Z");
    expect((await waiting.until("D")).at(-1)).toBe("2");
    for (const { socket } of [holder, waiting, canceller]) socket.destroy();
  });

  it("does not let a client that never reads its results hold up the others", async () => {
    const client = await BareClient.open();
    client.socket.pause();
    for (let i = 0; i < 3; i += 1) client.socket.write(queryMessage("select repeat('x', 4000000)"));
    expect(await sql`select 1 as alive`).toEqual([{ alive: 1 }]);
    client.socket.destroy();
  });

  it("serves pipelined requests in order", async () => {
    const one = connect(1, { max_pipeline: 50 });
    const rows = await Promise.all(Array.from({ length: 200 }, (_, i) => one`select ${i}::int as i`));
    expect(rows.map(([row]) => row?.i)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    await one.end();
  });
});
