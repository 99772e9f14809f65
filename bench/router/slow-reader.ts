import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import type { SectionResult } from "./report.ts";
import { residentMegabytes } from "./run-scenario.ts";
import { CHAT_PATH } from "./targets/target.ts";
import { openVouchProgram } from "./targets/vouch-program.ts";

/** 30 MB in lines of 300 kB. */
const MODEL = "mock_big100";
const PAUSE_MS = 3_000;
const LOOK_MS = 50;
/** Read without a pause first: what a first large answer makes a process grow by is not what is measured. */
const WARM_UPS = 4;
const GROWTH_MOST_MB = 10;
const ANSWER_LEAST_MB = 30;

/** What one slow reader cost. */
interface SlowRead {
  /** Most memory during the pause, less that before it. */
  readonly grownMegabytes: number;
  /** Sent by the upstream when the pause ended. */
  readonly sentMegabytes: number;
  readonly readMegabytes: number;
  readonly isWhole: boolean;
}

/** Clients that read nothing for three seconds in the middle of 30 MB: what the router keeps of it. */
export async function measureSlowReader(rounds: number): Promise<SectionResult> {
  const upstream = await startScriptedUpstream();
  const program = await openVouchProgram();
  try {
    const router = await program.startRouter({
      upstreamPort: Number(new URL(upstream.url).port),
      limits: "{}",
      upstreamModel: MODEL,
    });
    const ask = () => askForStream(Number(router.ready.port), program.keys[0] ?? "");
    for (let count = 0; count < WARM_UPS; count += 1) await readAll(await ask());
    const reads: SlowRead[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const sent = () => (upstream.ledger.entries.at(-1)?.bytesSent ?? 0) / 1e6;
      reads.push(await readSlowly(await ask(), router.pid, sent));
      console.log(`round ${round} slow reader: ${JSON.stringify(reads.at(-1))}`);
    }
    await router.stop();
    return describeReads(reads);
  } finally {
    await program.close();
    await upstream.close();
  }
}

async function askForStream(port: number, key: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = httpRequest({
    port,
    host: "127.0.0.1",
    path: CHAT_PATH,
    method: "POST",
    headers,
    agent: false,
  });
  request.end(
    JSON.stringify({ model: "bench", stream: true, messages: [{ role: "user", content: "Go on." }] }),
  );
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

async function readSlowly(
  response: IncomingMessage,
  pid: number,
  sentMegabytes: () => number,
): Promise<SlowRead> {
  const before = residentMegabytes(pid);
  let most = before;
  for (const endMs = performance.now() + PAUSE_MS; performance.now() < endMs; await wait(LOOK_MS)) {
    most = Math.max(most, residentMegabytes(pid));
  }
  const sent = sentMegabytes();
  return { grownMegabytes: most - before, sentMegabytes: sent, ...(await readAll(response)) };
}

async function readAll(response: IncomingMessage): Promise<{ readMegabytes: number; isWhole: boolean }> {
  let bytes = 0;
  let tail = "";
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    tail = (tail + piece.subarray(-40).toString("latin1")).slice(-40);
  }
  return { readMegabytes: bytes / 1e6, isWhole: tail.includes("[DONE]") };
}

function describeReads(reads: readonly SlowRead[]): SectionResult {
  const rows = reads.map(
    ({ grownMegabytes, sentMegabytes, readMegabytes, isWhole }) =>
      `| ${grownMegabytes.toFixed(1)} | ${sentMegabytes.toFixed(1)} | ${readMegabytes.toFixed(1)} | ${isWhole ? "yes" : "no"} |`,
  );
  const grown = Math.max(...reads.map(({ grownMegabytes }) => grownMegabytes));
  const isWhole = reads.every((read) => read.isWhole && read.readMegabytes > ANSWER_LEAST_MB);
  return {
    section: `**slow**: a client that reads nothing for ${PAUSE_MS / 1000} s of a stream of 30 MB, and then all of it.

| memory of the router grew by, MB | sent by the upstream after the pause, MB | read in the end, MB | whole |
|---|---|---|---|
${rows.join("\n")}
`,
    bars: [
      {
        aim: `slow reader: memory grows by less than ${GROWTH_MOST_MB} MB`,
        isHeld: grown < GROWTH_MOST_MB,
        figure: `${grown.toFixed(1)} MB`,
      },
      { aim: "slow reader: all of the answer arrives", isHeld: isWhole, figure: isWhole ? "all" : "not all" },
    ],
  };
}
