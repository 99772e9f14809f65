/** Vouch's router as the role `router` runs it: the server of the program without Next. */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { runWeb } from "../../../lib/runtime/web-main.ts";

const session = new Session();

/** A profile of the measured window only, when the parent asks for one. */
process.on("message", async (message: { readonly profile?: "begin" | "end"; readonly file?: string }) => {
  if (message.profile === "begin") {
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
  } else if (message.profile === "end" && message.file !== undefined) {
    const { profile } = await session.post("Profiler.stop");
    writeFileSync(message.file, JSON.stringify(profile));
    session.disconnect();
  }
});

await runWeb({ withPages: false });
