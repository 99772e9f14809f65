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
/** At the same time: what the router kept of a single one would fit into memory it has taken before. */
const READERS = 8;
const PAUSE_MS = 3_000;
const LOOK_MS = 50;
/** Read without a pause first: what a first large answer makes a process grow by is not what is measured. */
const WARM_UPS = 4;
const GROWTH_MOST_MB = 10;
const ANSWER_LEAST_MB = 30;

/** What slow readers cost, each. */
interface SlowRead {
  /** Most memory during the pause, less that before it. */
  readonly grownMegabytes: number;
  /** Sent by the upstream when the pause ended. */
  readonly sentMegabytes: number;
  /** Of the one that got least. */
  readonly readMegabytes: number;
  /** True when every one got its whole answer. */
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
    const port = Number(router.ready.port);
    const ask = () => askForStream(port, program.keys[0] ?? "");
    for (let count = 0; count < WARM_UPS; count += 1) await readAll(await ask());
    const reads: SlowRead[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      upstream.ledger.clear();
      const before = residentMegabytes(router.pid);
      const responses = await Promise.all(Array.from({ length: READERS }, ask));
      const most = await watchPause(router.pid);
      const sent = upstream.ledger.entries.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
      const ends = await Promise.all(responses.map(readAll));
      reads.push({
        grownMegabytes: (most - before) / READERS,
        sentMegabytes: sent / 1e6 / READERS,
        readMegabytes: Math.min(...ends.map(({ megabytes }) => megabytes)),
        isWhole: ends.every(({ isWhole }) => isWhole),
      });
      console.log(`round ${round} slow readers: ${JSON.stringify(reads.at(-1))}`);
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

/** The most memory the router has while nobody reads. */
async function watchPause(pid: number): Promise<number> {
  let most = 0;
  for (const endMs = performance.now() + PAUSE_MS; performance.now() < endMs; await wait(LOOK_MS)) {
    most = Math.max(most, residentMegabytes(pid));
  }
  return most;
}

async function readAll(response: IncomingMessage): Promise<{ megabytes: number; isWhole: boolean }> {
  let bytes = 0;
  let tail = "";
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    tail = (tail + piece.subarray(-40).toString("latin1")).slice(-40);
  }
  return { megabytes: bytes / 1e6, isWhole: tail.includes("[DONE]") };
}

function describeReads(reads: readonly SlowRead[]): SectionResult {
  const rows = reads.map(
    ({ grownMegabytes, sentMegabytes, readMegabytes, isWhole }) =>
      `| ${grownMegabytes.toFixed(1)} | ${sentMegabytes.toFixed(1)} | ${readMegabytes.toFixed(1)} | ${isWhole ? "yes" : "no"} |`,
  );
  const grown = Math.max(...reads.map(({ grownMegabytes }) => grownMegabytes));
  const isWhole = reads.every((read) => read.isWhole && read.readMegabytes > ANSWER_LEAST_MB);
  return {
    section: `**slow**: ${READERS} clients at once that read nothing for ${PAUSE_MS / 1000} s of streams of 30 MB, and then all of them.

| memory of the router grew by, MB each | sent by the upstream in the pause, MB each | read in the end, MB | whole |
|---|---|---|---|
${rows.join("\n")}
`,
    bars: [
      {
        aim: `slow readers: memory grows by less than ${GROWTH_MOST_MB} MB each`,
        isHeld: grown < GROWTH_MOST_MB,
        figure: `${grown.toFixed(1)} MB each`,
      },
      {
        aim: "slow readers: all of the answers arrive",
        isHeld: isWhole,
        figure: isWhole ? "all" : "not all",
      },
    ],
  };
}
