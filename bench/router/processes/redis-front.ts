/** A real Redis behind Upstash's REST protocol, as a process of its own. */
import { startRedisFront } from "../../../e2e/redis-front/start-redis-front.ts";

const front = await startRedisFront();
process.on("SIGTERM", () => void front.close().then(() => process.exit(0)));
process.on("disconnect", () => void front.close().then(() => process.exit(0)));
process.send?.({ type: "ready", url: front.url, token: front.token });
