import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { database } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { directionArray, unitVector } from "./vector-values.ts";

let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
}, 60_000);

afterAll(() => testDatabase.close());

async function stored(vectors: readonly Float32Array[]): Promise<number[][]> {
  const rows = await database().drizzle.execute<{ vector: string }>(
    sql`select ${unitVector(sql`t`)}::text as vector from unnest(${directionArray(vectors)}::text[]) t`,
  );
  return rows.map(({ vector }) => JSON.parse(vector) as number[]);
}

describe("vectors on their way to the database", () => {
  it("arrive as their directions, of length 1, right to six digits", async () => {
    const vector = Float32Array.from(
      { length: 384 },
      (_, index) => Math.sin(index * 1.7) * 10 ** (index % 5),
    );
    const length = Math.hypot(...vector);
    const [arrived = []] = await stored([vector]);
    expect(Math.hypot(...arrived)).toBeCloseTo(1, 5);
    for (const [index, value] of arrived.entries()) {
      expect(Math.abs(value - (vector[index] ?? 0) / length)).toBeLessThan(1e-7);
    }
  });

  it("may be of nothing", async () => {
    expect(await stored([new Float32Array(3), Float32Array.of(0, -2, 0)])).toEqual([
      [0, 0, 0],
      [0, -1, 0],
    ]);
  });

  it("are refused when a number is not finite", () => {
    expect(() => directionArray([Float32Array.of(1, Number.NaN)])).toThrow(RangeError);
    expect(() => directionArray([Float32Array.of(1, Number.POSITIVE_INFINITY)])).toThrow(RangeError);
  });
});
