/** Vouch's router as the role `router` runs it: the server of the program without Next. */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { metricsText } from "../../../lib/platform/metrics.ts";
import { runWeb } from "../../../lib/runtime/web-main.ts";

const session = new Session();

interface ParentMessage {
  readonly profile?: "begin" | "end";
  readonly file?: string;
  readonly id?: number;
  readonly question?: string;
}

process.on("message", async ({ profile: order, file, id, question }: ParentMessage) => {
  if (question === "metrics") {
    process.send?.({ type: "answer", id, value: (await metricsText()).text });
  } else if (order === "begin") {
    // A profile of the measured window only, when the parent asks for one.
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
  } else if (order === "end" && file !== undefined) {
    const { profile } = await session.post("Profiler.stop");
    writeFileSync(file, JSON.stringify(profile));
    session.disconnect();
  }
});

await runWeb({ withPages: false });
