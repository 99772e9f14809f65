import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { newId } from "../shared/ids.ts";
import { deleteConversation, getConversation } from "./conversations.ts";
import { startAnswer } from "./start-answer.ts";
import { auditOf, createMember, createProcess, say, scriptedDeps } from "./test-chat.ts";

let testDatabase: TestDatabase;
let owner: Principal;
const here = createProcess();

async function startConversation(): Promise<string> {
  const message = { type: "text" as const, text: "When was the pump replaced?" };
  const deps = scriptedDeps(() => say("In May. [1]"));
  const started = await startAnswer(owner, { idempotencyKey: newId(), message }, here, deps);
  await here.runs.get(started.generationId)?.done;
  return started.conversationId;
}

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  owner = await createMember();
});

afterAll(() => testDatabase.close());

describe("deleting a conversation", () => {
  it("leaves one line in the audit log, without a word of its text", async () => {
    const conversationId = await startConversation();
    await deleteConversation(owner, conversationId, here);
    await expect(getConversation(owner, conversationId)).rejects.toMatchObject({ code: "not_found" });
    await expect(deleteConversation(owner, conversationId, here)).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await auditOf(owner.orgId, conversationId)).toEqual([
      { actor: owner.userId, action: "conversation.delete", type: "conversation", detail: {} },
    ]);
  });

  it("twice at once leaves one line as well", async () => {
    const conversationId = await startConversation();
    await Promise.allSettled([1, 2, 3].map(() => deleteConversation(owner, conversationId, here)));
    expect(await auditOf(owner.orgId, conversationId)).toHaveLength(1);
  });

  it("by somebody else deletes nothing and leaves none", async () => {
    const other = await createMember("Other", owner.orgId);
    const conversationId = await startConversation();
    await expect(deleteConversation(other, conversationId, here)).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await getConversation(owner, conversationId)).messages).toHaveLength(2);
    expect(await auditOf(owner.orgId, conversationId)).toEqual([]);
  });
});
