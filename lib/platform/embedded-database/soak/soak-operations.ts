import { createConnection } from "node:net";
import type postgres from "postgres";
import { protocolMessage, queryMessage } from "../backend-messages.ts";
import { ACCOUNTS, OPENING_BALANCE, payloadOf } from "./soak-shared.ts";

/** What an operation works with. `acknowledged` must be called once a row is known to be committed. */
export type SoakContext = {
  sql: postgres.Sql;
  socketPath: string;
  clientId: number;
  random: () => number;
  nextKey(kind: string): string;
  acknowledged(key: string): void;
  /** A key this client had acknowledged, if any. */
  earlierKey(): string | undefined;
  wrong(description: string): void;
  expectedError(): void;
};

type Operation = (context: SoakContext) => Promise<void>;

async function insertRow({ sql, nextKey, acknowledged }: SoakContext): Promise<void> {
  const key = nextKey("row");
  await sql`insert into soak_row values (${key}, 'shared', ${payloadOf(key)})`;
  acknowledged(key);
}

async function readRow({ sql, earlierKey, wrong }: SoakContext): Promise<void> {
  const key = earlierKey();
  if (key === undefined) return;
  const rows = await sql<{ payload: string }[]>`select payload from soak_row where key = ${key}`;
  if (rows.length !== 1) wrong(`row ${key} read ${rows.length} times`);
  else if (rows[0]?.payload !== payloadOf(key)) wrong(`row ${key} came back with another payload`);
}

/** Random values of random size must come back as they are: a reply that reaches the wrong client shows here. */
async function echo({ sql, random, wrong, nextKey }: SoakContext): Promise<void> {
  const text = nextKey("echo").repeat(1 + Math.floor(random() ** 8 * 20_000));
  const number = Math.floor(random() * 1_000_000);
  const [row] =
    await sql`select ${text}::text as text, ${number}::int as number, repeat('é', ${number % 999}) as long`;
  const isRight = row?.text === text && row.number === number && row.long === "é".repeat(number % 999);
  if (!isRight) wrong("an echoed value came back changed");
}

async function transfer({ sql, random, nextKey, acknowledged, wrong }: SoakContext): Promise<void> {
  const key = nextKey("transfer");
  const source = 1 + Math.floor(random() * ACCOUNTS);
  const target = 1 + (source % ACCOUNTS);
  const amount = 1 + Math.floor(random() * 5);
  await sql.begin(async (tx) => {
    const [before] = await tx`select balance from soak_account where id = ${source} for update`;
    await tx`update soak_account set balance = balance - ${amount} where id = ${source}`;
    await tx`update soak_account set balance = balance + ${amount} where id = ${target}`;
    await tx`insert into soak_transfer values (${key}, ${source}, ${target}, ${amount})`;
    const [after] = await tx`select balance from soak_account where id = ${source}`;
    if (after?.balance !== before?.balance - amount)
      wrong(`transfer ${key} saw a foreign change inside itself`);
  });
  acknowledged(key);
}

async function checkTotal({ sql, wrong }: SoakContext): Promise<void> {
  const [row] = await sql`select sum(balance)::int as total from soak_account`;
  if (row?.total !== ACCOUNTS * OPENING_BALANCE) wrong(`the balances add up to ${row?.total}`);
}

/** A tenant transaction as the application makes them; it must begin without anyone else's role or organisation. */
async function tenantTransaction({
  sql,
  clientId,
  nextKey,
  acknowledged,
  wrong,
}: SoakContext): Promise<void> {
  const key = nextKey("tenant");
  const org = `org-${clientId}`;
  await sql.begin(async (tx) => {
    const [start] =
      await tx`select current_user as role, coalesce(current_setting('app.org', true), '') as org`;
    if (start?.role !== "postgres" || start.org !== "") wrong(`began as ${start?.role} of "${start?.org}"`);
    await tx`select set_config('role', 'soak_tenant', true), set_config('app.org', ${org}, true)`;
    await tx`insert into soak_row values (${key}, ${org}, ${payloadOf(key)})`;
    const [seen] = await tx`select count(*)::int as foreign_rows from soak_row where org <> ${org}`;
    if (seen?.foreign_rows !== 0) wrong(`${org} saw ${seen?.foreign_rows} rows of others`);
  });
  acknowledged(key);
}

const BAD_STATEMENTS: [sql: string, sqlState: string][] = [
  ["select 1/0", "22012"],
  ["selec 1", "42601"],
  ["insert into soak_unique values (1)", "23505"],
  ["select * from no_such_table", "42P01"],
  ["set work_mem = '1MB'", "0A000"],
  ["begin; insert into soak_row values ('doomed-batch', 'x', 'x'); select 1/0; commit", "22012"],
];

async function deliberateError(context: SoakContext): Promise<void> {
  const [text, sqlState] = BAD_STATEMENTS[Math.floor(context.random() * BAD_STATEMENTS.length)] ?? ["", ""];
  if (text.startsWith("begin")) return failedBatch(context, text, sqlState);
  const isExtended = context.random() < 0.5;
  const query = isExtended ? context.sql.unsafe(text, [], { prepare: true }) : context.sql.unsafe(text);
  await expectState(context, query, sqlState);
}

/** A failed batch leaves its transaction open until the client rolls back, on the same connection. */
async function failedBatch(context: SoakContext, text: string, sqlState: string): Promise<void> {
  const reserved = await context.sql.reserve();
  try {
    await expectState(context, reserved.unsafe(text), sqlState);
    await expectState(context, reserved.unsafe("select 1"), "25P02");
    await reserved.unsafe("rollback");
  } finally {
    reserved.release();
  }
}

async function expectState(
  context: SoakContext,
  query: PromiseLike<unknown>,
  sqlState: string,
): Promise<void> {
  try {
    await query;
    context.wrong(`a statement that must fail with ${sqlState} went through`);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== sqlState) throw error;
    context.expectedError();
  }
}

async function rolledBackTransaction(context: SoakContext): Promise<void> {
  const key = context.nextKey("doomed");
  const query = context.sql.begin(async (tx) => {
    await tx`insert into soak_row values (${key}, 'doomed', 'x')`;
    await tx`select 1/0`;
  });
  await expectState(context, query, "22012");
}

/** Opens a transaction on a bare socket and drops the connection inside it. */
async function droppedConnection({ socketPath, nextKey }: SoakContext): Promise<void> {
  const socket = createConnection(socketPath);
  const startup = protocolMessage(" ", Buffer.from([0, 3, 0, 0, ...Buffer.from("user\0soak\0\0")])).subarray(
    1,
  );
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.once("connect", () => {
      socket.write(startup);
      socket.write(
        queryMessage(`begin; insert into soak_row values ('${nextKey("doomed")}', 'doomed', 'x')`),
      );
    });
    socket.on("data", (chunk) => {
      // ReadyForQuery with status T: the transaction is open.
      if (chunk.includes("Z\0\0\0\u0005T")) socket.destroy();
    });
  });
}

const WEIGHTED: [weight: number, name: string, operation: Operation][] = [
  [25, "insertRow", insertRow],
  [25, "readRow", readRow],
  [12, "echo", echo],
  [12, "transfer", transfer],
  [5, "checkTotal", checkTotal],
  [10, "tenantTransaction", tenantTransaction],
  [5, "deliberateError", deliberateError],
  [4, "rolledBackTransaction", rolledBackTransaction],
  [2, "droppedConnection", droppedConnection],
];
const TOTAL_WEIGHT = WEIGHTED.reduce((sum, [weight]) => sum + weight, 0);

export function chooseOperation(random: () => number): { name: string; operation: Operation } {
  let left = random() * TOTAL_WEIGHT;
  for (const [weight, name, operation] of WEIGHTED) {
    left -= weight;
    if (left < 0) return { name, operation };
  }
  return { name: "readRow", operation: readRow };
}
