import { handle } from "@/lib/identity/index.ts";

/** The process runs: nothing else is asked, so a database outage does not restart it. */
export const GET = handle({ auth: "public" }, () => ({ status: "ok" }));
