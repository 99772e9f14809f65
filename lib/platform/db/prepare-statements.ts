import type postgres from "postgres";

type Client = postgres.Sql | postgres.TransactionSql;

/** The first statement of each transaction. */
export interface Opening {
  readonly text: string;
  readonly values: readonly string[];
}

/**
 * The client as drizzle sees it, with prepared statements: drizzle asks for unprepared ones, which costs a second round
 * trip for the types of the parameters and planning on each call. postgres.js names its statements at random, so they
 * never collide in the embedded database's single session.
 *
 * @param opening goes ahead of a transaction's work on the same connection, without a round trip of its own. When it fails
 *   the transaction is lost, and with it whatever was sent behind it.
 */
export function preparingClient<Kind extends Client>(client: Kind, opening?: Opening): Kind {
  return new Proxy(client, {
    get(target, name, receiver) {
      if (name === "unsafe") {
        return (text: string, parameters: never[] = [], options: object = {}) =>
          target.unsafe(text, parameters, { ...options, prepare: parameters.length > 0 });
      }
      if (name === "begin" || name === "savepoint") {
        // The last argument is the work; the first may be options of BEGIN.
        return (...given: unknown[]) => {
          const work = given.at(-1) as (transaction: postgres.TransactionSql) => unknown;
          const scoped = (transaction: postgres.TransactionSql) =>
            opening === undefined
              ? work(preparingClient(transaction))
              : workAfter(opening, transaction, work);
          return Reflect.apply(Reflect.get(target, name) as never, target, [...given.slice(0, -1), scoped]);
        };
      }
      return Reflect.get(target, name, receiver);
    },
  });
}

async function workAfter(
  opening: Opening,
  transaction: postgres.TransactionSql,
  work: (transaction: postgres.TransactionSql) => unknown,
): Promise<unknown> {
  const opened = transaction.unsafe(opening.text, [...opening.values], { prepare: true }).execute();
  const [first, rest] = await Promise.allSettled([opened, work(preparingClient(transaction))]);
  // What came behind a failed opening says only that the transaction was lost.
  if (first.status === "rejected") throw first.reason;
  if (rest.status === "rejected") throw rest.reason;
  return rest.value;
}
