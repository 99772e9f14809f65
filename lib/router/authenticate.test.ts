import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createApiKey,
  createOrganisation,
  createUser,
  findPrincipalOfMember,
  PRINCIPAL_HEADER,
  signPrincipal,
} from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { newId } from "../shared/ids.ts";
import { parseConfig } from "./config/parse-config.ts";
import { createRouter, type Router } from "./create-router.ts";
import { findUsageByRequestId } from "./queries/usage-attempts.ts";
import { chatBody, postRaw } from "./test-client.ts";
import { flushUsage } from "./usage/usage-recorder.ts";

let database: TestDatabase;
let router: Router;
let url: string;
let principal: Principal;
const server = createServer((request, response) => router.handle(request, response));

beforeAll(async () => {
  database = await startTestDatabase();
  const orgId = await createOrganisation("Example");
  const account = {
    email: "admin@example.test",
    name: "Admin",
    role: "admin",
    password: "correct horse battery",
  } as const;
  const userId = await createUser({ orgId, userId: null }, account);
  const found = await findPrincipalOfMember(orgId, userId);
  if (found === null) throw new Error("the account is not there");
  principal = found;
  router = createRouter({
    config: parseConfig("", { file: "vouch.yaml", readSecret: () => undefined }),
    builtinPaceMs: 0,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
});
afterAll(async () => {
  await router.close(1_000);
  await new Promise((resolve) => server.close(resolve));
  await database.close();
});

const ask = (headers: Record<string, string>) => postRaw(url, chatBody("vouch-extractive-1"), { headers });
const keyWith = async (scopes: ("models" | "chat" | "*")[]) =>
  (await createApiKey(principal, { name: "ci", scopes })).key;

describe("the router lets in", () => {
  test("API keys with the scope models or *, and records their usage under the key", async () => {
    for (const scope of ["models", "*"] as const) {
      const key = await createApiKey(principal, { name: "ci", scopes: [scope] });
      const requestId = newId();
      const answer = await ask({ authorization: `Bearer ${key.key}`, "x-request-id": requestId });
      expect(answer.status).toBe(200);
      await flushUsage();
      expect(await findUsageByRequestId(principal, requestId)).toMatchObject({
        upstream: "builtin",
        costMicros: 0,
        isEstimated: false,
      });
    }
  });

  test("a principal signed by the web role, whatever the scopes of the key it came with", async () => {
    const requestId = newId();
    const signed = signPrincipal({ ...principal, via: "key", scopes: ["chat"] }, { requestId });
    expect((await ask({ authorization: "", [PRINCIPAL_HEADER]: signed })).status).toBe(200);
  });
});

describe("the router keeps out", () => {
  test("keys without the scope, wrong keys, altered principals and nobody at all", async () => {
    const withoutScope = await ask({ authorization: `Bearer ${await keyWith(["chat"])}` });
    expect([withoutScope.status, JSON.parse(withoutScope.text).error.code]).toEqual([403, "forbidden"]);
    const wrong = await keyWith(["models"]);
    const altered = `${wrong.slice(0, -1)}${wrong.endsWith("0") ? "1" : "0"}`;
    expect((await ask({ authorization: `Bearer ${altered}` })).status).toBe(401);
    const signed = signPrincipal(principal, { requestId: newId() });
    expect((await ask({ authorization: "", [PRINCIPAL_HEADER]: `x${signed}` })).status).toBe(401);
    expect((await ask({ authorization: "" })).status).toBe(401);
  });
});
