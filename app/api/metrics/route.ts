import { handle } from "@/lib/identity/index.ts";
import { metricsText } from "@/lib/platform/metrics.ts";

/** Prometheus metrics of this process; for an administrator's key. */
export const GET = handle({ auth: "admin", scope: "admin" }, async () => {
  const { contentType, text } = await metricsText();
  return new Response(text, { headers: { "content-type": contentType } });
});
