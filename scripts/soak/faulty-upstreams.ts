import { type ScriptedUpstream, startScriptedUpstream } from "../../e2e/scripted-upstream/start.ts";
import type { LedgerCall } from "./compare-usage.ts";
import { FAULTS, SOAK_MODELS, upstreamModel } from "./soak-models.ts";

/** Upstreams, by the names the configuration gives them. */
const NAMES = ["a", "b"] as const;
type UpstreamName = (typeof NAMES)[number];

const FAULT_EVERY_MS = 150;
const DEATH_EVERY_MS = 45_000;
const AWAY_MS = 3_000;
/** The ledger keeps its latest calls; they are read before it forgets them. */
const READ_EVERY_MS = 500;
const MAX_ENTRIES = 2_000;

/** Two scripted upstreams that are told a fault several times a second, and of which one dies now and then. */
export class FaultyUpstreams {
  faultsTold = 0;
  deaths = 0;
  readonly #random: () => number;
  readonly #upstreams: Record<UpstreamName, ScriptedUpstream>;
  readonly #calls: LedgerCall[] = [];
  /** Calls of each upstream that have been read, by their numbers. */
  #read = new Map<ScriptedUpstream, Set<number>>();
  /** Calls of an upstream that were open when it died. */
  #reset = new Map<ScriptedUpstream, ReadonlySet<number>>();
  #timers: NodeJS.Timeout[] = [];
  #revival: Promise<void> = Promise.resolve();

  /** @param random Numbers from 0 to 1. */
  constructor(random: () => number, upstreams: Record<UpstreamName, ScriptedUpstream>) {
    this.#random = random;
    this.#upstreams = upstreams;
    this.#timers.push(setInterval(() => this.#readLedgers(), READ_EVERY_MS));
  }

  static async start(random: () => number): Promise<FaultyUpstreams> {
    return new FaultyUpstreams(random, {
      a: await startScriptedUpstream(),
      b: await startScriptedUpstream(),
    });
  }

  get urls(): Record<UpstreamName, string> {
    return { a: this.#upstreams.a.url, b: this.#upstreams.b.url };
  }

  beginFaults(): void {
    this.#timers.push(setInterval(() => this.#tellFault(), FAULT_EVERY_MS));
    this.#timers.push(
      setInterval(() => {
        this.#revival = this.#die();
      }, DEATH_EVERY_MS),
    );
  }

  /** From now on all goes well, and both upstreams are there. */
  async endFaults(): Promise<void> {
    for (const timer of this.#timers.splice(1)) clearInterval(timer);
    await this.#revival;
    for (const upstream of Object.values(this.#upstreams)) {
      for (const model of SOAK_MODELS) {
        for (const name of NAMES) upstream.clearFault(upstreamModel(model, name));
      }
    }
  }

  /** All calls that ended. */
  async calls(): Promise<readonly LedgerCall[]> {
    this.#readLedgers();
    return this.#calls;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await this.#revival;
    for (const upstream of Object.values(this.#upstreams)) await upstream.close();
  }

  #tellFault(): void {
    const model = SOAK_MODELS[Math.floor(this.#random() * SOAK_MODELS.length)];
    const fault = FAULTS[Math.floor(this.#random() * FAULTS.length)];
    const name = this.#random() < 0.5 ? "a" : "b";
    if (model === undefined) return;
    const times = 1 + Math.floor(this.#random() * 3);
    this.#upstreams[name].setFault(upstreamModel(model, name), `${model.plan}_${fault}_f${times}`);
    this.faultsTold += 1;
  }

  /** One upstream dies and comes back on the same port. */
  async #die(): Promise<void> {
    const name = this.#random() < 0.5 ? "a" : "b";
    const dead = this.#upstreams[name];
    this.deaths += 1;
    const open = dead.ledger.entries.filter(({ closedMs }) => closedMs === null);
    this.#reset.set(dead, new Set(open.map(({ id }) => id)));
    dead.kill();
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    this.#readLedgers();
    await dead.close();
    this.#read.delete(dead);
    this.#reset.delete(dead);
    this.#upstreams[name] = await startScriptedUpstream({
      port: Number(new URL(dead.url).port),
      maxEntries: MAX_ENTRIES,
    });
  }

  #readLedgers(): void {
    for (const upstream of Object.values(this.#upstreams)) {
      const read = this.#read.get(upstream) ?? new Set<number>();
      const present = new Set<number>();
      this.#read.set(upstream, present);
      for (const entry of upstream.ledger.entries) {
        if (entry.closedMs === null || entry.method !== "POST") continue;
        present.add(entry.id);
        if (read.has(entry.id)) continue;
        const isRefused = entry.status >= 400;
        this.#calls.push({
          requestId: String(entry.headers["x-request-id"]),
          model: entry.model,
          outcome: entry.isAborted
            ? "aborted"
            : isRefused
              ? "refused"
              : entry.isComplete
                ? "complete"
                : "broken",
          promptTokens: entry.promptTokens,
          tokensSent: entry.tokensSent,
          bytesSent: entry.bytesSent,
          isReset: this.#reset.get(upstream)?.has(entry.id) ?? false,
          tokensReported: entry.tokensReported,
        });
      }
    }
  }
}
