import { createApiKey, handle, json, listApiKeys } from "@/lib/identity/index.ts";
import { apiKeyListSchema, createApiKeySchema } from "@/lib/identity/schema.ts";

export const GET = handle(
  { auth: "member", scope: "admin", response: apiKeyListSchema },
  async ({ principal }) => ({ apiKeys: await listApiKeys(principal) }),
);

export const POST = handle(
  { auth: "member", scope: "admin", body: createApiKeySchema, limit: { name: "api-keys", perMinute: 30 } },
  async ({ principal, body }) => json(await createApiKey(principal, body), { status: 201 }),
);
