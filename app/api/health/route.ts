import { handle } from "@/lib/identity/index.ts";
import { describeHealth, isReady } from "@/lib/runtime/health.ts";

/** Whether the program works; an administrator also sees its parts. */
export const GET = handle({ auth: "public" }, async ({ principal }) =>
  principal?.role === "admin" ? describeHealth() : { status: (await isReady()) ? "ok" : "down" },
);
