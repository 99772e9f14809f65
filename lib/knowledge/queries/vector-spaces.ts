import { sql } from "drizzle-orm";
import { withSystem } from "../../platform/db/index.ts";

/** Notes a vector space, once. */
export async function rememberVectorSpace(space: {
  readonly name: string;
  readonly dimensions: number;
}): Promise<void> {
  await withSystem((transaction) =>
    transaction.execute(sql`
      insert into vector_space (name, dimensions) values (${space.name}, ${space.dimensions})
      on conflict do nothing`),
  );
}
