import { parseArgs } from "node:util";
import { startScriptedUpstream } from "./start.ts";

/** Runs the scripted upstream as a process of its own and prints its address as one line of JSON. */
const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, compact: { type: "boolean", default: false } },
});
const upstream = await startScriptedUpstream({ port: Number(values.port), isCompact: values.compact });
process.stdout.write(`${JSON.stringify({ url: upstream.url, baseUrl: `${upstream.url}/v1` })}\n`);
const stop = () => void upstream.close().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
