import { ACCOUNTS, connect, OPENING_BALANCE, payloadOf } from "./soak-shared.ts";

/** What is left in the database after a soak run, compared with what the clients were told. All but the first must be 0. */
export type SoakVerdict = {
  acknowledged: number;
  /** Acknowledged but not there. */
  lost: number;
  /** There more than once. */
  doubled: number;
  /** Rows of transactions that were rolled back, dropped or killed. */
  doomed: number;
  /** Rows with another payload than was written. */
  corrupt: number;
  /** Accounts whose balance disagrees with the transfers recorded. */
  unbalanced: number;
};

export async function verifySoak(socketPath: string, acknowledged: string[]): Promise<SoakVerdict> {
  const sql = connect(socketPath, 1);
  try {
    const rows = await sql<{ key: string; payload: string }[]>`select key, payload from soak_row`;
    const transfers = await sql<{ key: string }[]>`select key from soak_transfer`;
    const balances = await sql<{ id: number; balance: number; expected: number }[]>`
      select a.id, a.balance, ${OPENING_BALANCE}::int
        + coalesce((select sum(amount) from soak_transfer t where t.target = a.id), 0)::int
        - coalesce((select sum(amount) from soak_transfer t where t.source = a.id), 0)::int as expected
      from soak_account a`;
    const keys = [...rows, ...transfers].map(({ key }) => key);
    const present = new Set(keys);
    const unbalanced = balances.filter(({ balance, expected }) => balance !== expected).length;
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((key) => !present.has(key)).length,
      doubled: keys.length - present.size,
      doomed: keys.filter((key) => key.startsWith("doomed")).length,
      corrupt: rows.filter(({ key, payload }) => !key.startsWith("doomed") && payload !== payloadOf(key))
        .length,
      unbalanced: unbalanced + Math.abs(balances.length - ACCOUNTS),
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}
