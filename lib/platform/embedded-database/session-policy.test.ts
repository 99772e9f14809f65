import { describe, expect, it } from "vitest";
import { statementPolicy } from "./session-policy.ts";
import { tokenizeStatements } from "./sql-tokens.ts";

describe("the session policy", () => {
  it.each([
    "set work_mem = '1MB'",
    "SET SESSION timezone TO 'UTC'",
    "/* a /* nested */ comment */ set role someone",
    "select 1; set search_path = x",
    "listen jobs",
    "prepare p as select 1",
    "deallocate all",
    "discard all",
    "create temp table t (a int)",
    "create or replace temporary view v as select 1",
    "select 1 as a into temp t",
    "declare c cursor with hold for select 1",
    "copy t from stdin",
    "COPY t (a, b) FROM STDIN WITH (FORMAT csv)",
    "select pg_advisory_lock(1)",
    "select pg_try_advisory_lock_shared(1, 2)",
    "select set_config('app.org', 'x', false)",
    "select set_config('app.org', coalesce($1, ''), false), 1",
  ])("refuses %s", (sql) => {
    expect(statementPolicy(sql).refusal?.code).toBe("0A000");
  });

  it.each([
    "set local work_mem = '1MB'",
    "set transaction isolation level serializable",
    "update t set a = 1",
    "select 'set x'; select $$copy t from stdin$$, $q$listen$q$, \"set\" from t -- set role x",
    "select E'it\\'s; set role x'",
    "insert into t values ('a''; set role x; --')",
    "create temp table t (a int) on commit drop",
    "select pg_advisory_xact_lock(1)",
    "select set_config('app.org', $1, true)",
    "select * from temp",
    "copy t to stdout",
    "begin; select 1; commit",
    "insert into t (a) values ('x') on conflict (a) do update set a = excluded.a",
    "create function f() returns void language plpgsql set search_path = x as $$ begin end $$",
    "alter table t alter column a set not null",
  ])("lets through %s", (sql) => {
    expect(statementPolicy(sql).refusal).toBeUndefined();
  });

  it.each([
    "begin read only",
    "select set_config('role', $1, true), set_config('app.org', $2, true)",
    "/* why */ insert into t select * from u; commit",
    "with x as (delete from t returning a) select count(*) from x",
    "insert into temps values (1) on conflict do nothing",
    "select pg_advisory_xact_lock(1)",
    "  ;",
  ])("knows that nothing stays of %s", (sql) => {
    expect(statementPolicy(sql).leaves).toBe("nothing");
  });

  it.each([
    ["begin; set local work_mem = '1MB'; set local role = 'tenant'; show role", "nothing"],
    ["begin; set local role = 'tenant'; set transaction read only", "settings"],
    ["select set_config('app.org', $1, $2)", "settings"],
    ["select set_config('app.org', $1, $2 = 'true')", "settings"],
    ["select 1; reset all", "settings"],
    ["alter table t add column a int", "settings"],
    ["do $$ begin perform 1; end $$", "anything"],
    ["begin; call tidy(); commit", "anything"],
    ["select 1; create temp table t (a int) on commit drop", "anything"],
  ] as const)("takes into account what may stay of %s", (sql, leaves) => {
    expect(statementPolicy(sql).leaves).toBe(leaves);
  });

  it("takes long texts for what they might be, without reading them word by word", () => {
    const values = Array.from({ length: 1_000 }, (_, at) => `($${at + 1})`).join();
    expect(statementPolicy(`insert into t values ${values}`).leaves).toBe("settings");
    expect(statementPolicy(`do $$ begin ${"perform 1; ".repeat(400)} end $$`).leaves).toBe("anything");
  });

  it("names the way out", () => {
    expect(statementPolicy("set role x").refusal?.hint).toContain("SET LOCAL");
  });
});

it("statements end at semicolons outside strings, names, comments and dollar quotes", () => {
  const sql = `select ';' , ";" , $a$ ; $a$ /* ; */ -- ;\n, E'\\';' ; commit ;`;
  expect(tokenizeStatements(sql)).toEqual([["select", "'", ",", '"', ",", "'", ",", "'"], ["commit"]]);
});
