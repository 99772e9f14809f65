import { handle, json } from "@/lib/identity/index.ts";
import { isReady } from "@/lib/runtime/health.ts";

/** 200 while this process takes requests, 503 when it is stopping or its database is away. */
export const GET = handle({ auth: "public" }, async () =>
  (await isReady())
    ? { status: "ok" }
    : json({ status: "unavailable" }, { status: 503, headers: { "retry-after": "1" } }),
);
