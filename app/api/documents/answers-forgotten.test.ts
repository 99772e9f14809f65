import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

// Read once per process, so it must be set before anything asks.
const dataDir = mkdtempSync(join(tmpdir(), "vouch-forgotten-"));
vi.stubEnv("VOUCH_DATA_DIR", dataDir);

import {
  PUT as putAccess,
  DELETE as removeAccess,
} from "@/app/api/collections/[id]/access/[userId]/route.ts";
import { DELETE as deleteCollection, PATCH as patchCollection } from "@/app/api/collections/[id]/route.ts";
import { callRoute } from "@/app/api/collections/http-for-tests.ts";
import { DELETE as deleteConversation } from "@/app/api/conversations/[id]/route.ts";
import { DELETE as deleteDocument } from "@/app/api/documents/[id]/route.ts";
import { startAnswer } from "@/lib/chat/start-answer.ts";
import { createProcess, say, scriptedDeps } from "@/lib/chat/test-chat.ts";
import { createTestAccount, type TestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createApiKey, createOrganisation } from "@/lib/identity/index.ts";
import { createCollection } from "@/lib/knowledge/index.ts";
import { uploadAndIngest } from "@/lib/knowledge/test-knowledge.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { setOwnPort } from "@/lib/platform/own-address.ts";
import { setRouterConfig } from "@/lib/router/config/load-config.ts";
import { parseConfig } from "@/lib/router/config/parse-config.ts";
import { createRouter, type Router } from "@/lib/router/create-router.ts";
import { followAnswerEpochs } from "@/lib/router/extras/answer-epochs.ts";
import { readAnswerKey } from "@/lib/router/extras/answer-key.ts";
import type { AnswerStore, StoredAnswer } from "@/lib/router/extras/exact-cache.ts";
import { setLiveRouter } from "@/lib/router/live-router.ts";
import { until } from "@/lib/router/test-router.ts";
import { registerCollectionModels } from "@/lib/runtime/register-collection-models.ts";
import { newId } from "@/lib/shared/ids.ts";

/** Stands in the document and nowhere else. */
const CANARY = "zanzibarine";
const TEXT = `The ${CANARY} valve of the pump was replaced in May.`;
const QUESTION = "Which valve of the pump was replaced?";

const config = parseConfig(
  `models: [{ name: careful, kind: chat, upstream: builtin, upstreamModel: vouch-extractive-1, default: true, cache: { ttlSeconds: 600 } }]`,
  { file: "vouch.yaml", readSecret: () => undefined },
);

/** What stands for the Redis that all processes share. */
const stored = new Map<string, StoredAnswer>();
const sharedStore: AnswerStore = {
  get: async (key) => stored.get(key),
  put: (key, answer) => void stored.set(key, answer),
  forget: (orgId) => {
    for (const key of stored.keys()) if (readAnswerKey(key).orgId === orgId) stored.delete(key);
  },
};

interface Process {
  readonly router: Router;
  readonly server: Server;
  readonly baseURL: string;
}

async function startProcess(answers: AnswerStore | undefined): Promise<Process> {
  const router = createRouter({ config, followEpochs: followAnswerEpochs, answers });
  const server = createServer(router.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { router, server, baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

let db: TestDatabase;
/** The process that the pages are served by, and another one. */
let own: Process;
let other: Process;
let owner: TestAccount;
let ownerKey: string;
let collectionId: string;
let documentId: string;
let model: string;

beforeAll(async () => {
  db = await startTestDatabase();
  setRouterConfig(config);
  registerCollectionModels();
  own = await startProcess(sharedStore);
  other = await startProcess(sharedStore);
  setLiveRouter(own.router);
  setOwnPort(Number(new URL(own.baseURL).port));
  owner = await createTestAccount(await createOrganisation("Example"), "editor");
  ({ key: ownerKey } = await createApiKey(owner.principal, { name: "test", scopes: ["chat", "models"] }));
});
afterAll(async () => {
  for (const { router, server } of [own, other]) {
    await router.close(0);
    server.closeAllConnections();
    server.close();
  }
  await db.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  model = `pumps-${newId()}`;
  const input = { name: model, description: "", visibility: "organisation" } as const;
  ({ id: collectionId } = await createCollection(owner.principal, input));
  ({ id: documentId } = await uploadAndIngest(owner.principal, collectionId, "pumps.md", TEXT));
});

/** Asks the collection in one process, as a program does. */
async function askCollection({ baseURL }: Process): Promise<string> {
  const client = new OpenAI({ baseURL, apiKey: ownerKey, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: QUESTION }];
  const reply = await client.chat.completions.create({ model: `vouch/${model}`, messages });
  return reply.choices[0]?.message.content ?? "";
}

/** Sends a model text of the document itself, as programs with a search of their own do. Returns what the cache did. */
async function askModel({ baseURL }: Process): Promise<string | null> {
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${ownerKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "careful",
      temperature: 0,
      messages: [
        { role: "system", content: `<source id="1" title="${model}">\n${TEXT}\n</source>` },
        { role: "user", content: QUESTION },
      ],
    }),
  });
  expect(await response.text()).toContain(CANARY);
  return response.headers.get("x-vouch-cache");
}

const entriesOf = ({ router }: Process) => router.state().cache.entries;
const holdsCanary = () => [...stored.values()].some(({ json }) => json.includes(CANARY));

describe("a document that is deleted", () => {
  it("is in no stored answer any more, in no process and in no store", async () => {
    expect(await askCollection(own)).toContain(CANARY);
    const { hits } = own.router.state().cache;
    expect(await askCollection(own)).toContain(CANARY);
    expect(own.router.state().cache.hits).toBeGreaterThan(hits);
    expect([await askModel(other), await askModel(other)]).toEqual(["miss", "hit"]);
    expect(entriesOf(other)).toBeGreaterThan(0);
    expect(holdsCanary()).toBe(true);

    await callRoute(deleteDocument, { as: owner, method: "DELETE", params: { id: documentId } });
    expect(entriesOf(own)).toBe(0);
    expect(holdsCanary()).toBe(false);
    expect(await askCollection(own)).not.toContain(CANARY);
    await until(() => entriesOf(other) === 0, "the other process has forgotten");
    expect(holdsCanary()).toBe(false);
    expect(await askModel(other)).toBe("miss");
  });

  it("is not served by the collection in another process either, from the moment it is gone", async () => {
    expect(await askCollection(other)).toContain(CANARY);
    expect(await askCollection(other)).toContain(CANARY);
    await callRoute(deleteDocument, { as: owner, method: "DELETE", params: { id: documentId } });
    expect(await askCollection(other)).not.toContain(CANARY);
  });
});

describe("stored answers of an organisation go as well", () => {
  const givenAccess = async () => {
    const reader = await createTestAccount(owner.principal.orgId, "member");
    const params = { id: collectionId, userId: reader.principal.userId };
    await callRoute(putAccess, { as: owner, method: "PUT", params, body: { level: "read" } });
    return params;
  };
  const conversation = async () => {
    const answering = createProcess();
    const question = { idempotencyKey: newId(), message: { type: "text" as const, text: QUESTION } };
    const deps = scriptedDeps(() => say(TEXT));
    const { conversationId, generationId } = await startAnswer(owner.principal, question, answering, deps);
    await answering.runs.get(generationId)?.done;
    return conversationId;
  };
  it.each<[string, () => Promise<() => Promise<Response>>]>([
    [
      "when a collection is deleted",
      async () => () =>
        callRoute(deleteCollection, { as: owner, method: "DELETE", params: { id: collectionId } }),
    ],
    [
      "when somebody is taken off the access list",
      async () => {
        const params = await givenAccess();
        return () => callRoute(removeAccess, { as: owner, method: "DELETE", params });
      },
    ],
    [
      "when a collection becomes private",
      async () => () =>
        callRoute(patchCollection, {
          as: owner,
          method: "PATCH",
          params: { id: collectionId },
          body: { visibility: "private" },
        }),
    ],
    [
      "when a conversation is deleted",
      async () => {
        const id = await conversation();
        return () => callRoute(deleteConversation, { as: owner, method: "DELETE", params: { id } });
      },
    ],
  ])("%s", async (_when, prepare) => {
    const remove = await prepare();
    await askModel(own);
    expect(entriesOf(own)).toBeGreaterThan(0);
    expect((await remove()).ok).toBe(true);
    expect(entriesOf(own)).toBe(0);
    expect(holdsCanary()).toBe(false);
  });

  it("but not those of another organisation, nor for a mere change of its name", async () => {
    const stranger = await createTestAccount(await createOrganisation("Other"), "editor");
    const { id } = await createCollection(stranger.principal, {
      name: "Other",
      description: "",
      visibility: "private",
    });
    await uploadAndIngest(stranger.principal, id, "pumps.md", TEXT);
    await askModel(own);
    await callRoute(deleteCollection, { as: stranger, method: "DELETE", params: { id } });
    await callRoute(patchCollection, {
      as: owner,
      method: "PATCH",
      params: { id: collectionId },
      body: { name: `${model}-renamed` },
    });
    expect(await askModel(own)).toBe("hit");
  });
});
