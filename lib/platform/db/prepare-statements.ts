import type postgres from "postgres";

type Client = postgres.Sql | postgres.TransactionSql;

/**
 * The client as drizzle sees it, with prepared statements: drizzle asks for unprepared ones, which costs a second round
 * trip for the types of the parameters and planning on each call. postgres.js names its statements at random, so they
 * never collide in the embedded database's single session.
 */
export function preparingClient<Kind extends Client>(client: Kind): Kind {
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
          const scoped = (transaction: postgres.TransactionSql) => work(preparingClient(transaction));
          return Reflect.apply(Reflect.get(target, name) as never, target, [...given.slice(0, -1), scoped]);
        };
      }
      return Reflect.get(target, name, receiver);
    },
  });
}
