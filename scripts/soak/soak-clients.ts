import { randomUUID } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { SOAK_MODELS, type SoakModel } from "./soak-models.ts";

/** Where the clients ask. */
export interface SoakTarget {
  readonly port: number;
  readonly key: string;
}

/** How calls ended for the clients. `wrong` names answers that no client should get. */
export interface ClientCounts {
  calls: number;
  whole: number;
  interrupted: number;
  refused: number;
  left: number;
  readonly wrong: Map<string, number>;
}

const CALL_TIMEOUT_MS = 30_000;

/** Many clients at once that ask for anything and leave at any moment. */
export class SoakClients {
  readonly counts: ClientCounts = {
    calls: 0,
    whole: 0,
    interrupted: 0,
    refused: 0,
    left: 0,
    wrong: new Map(),
  };
  readonly #target: SoakTarget;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true });
  #isStopped = false;
  #running: Promise<void>[] = [];

  /** @param random Numbers from 0 to 1; the same ones give the same calls. */
  constructor(target: SoakTarget, random: () => number) {
    this.#target = target;
    this.#random = random;
  }

  /** One call to each model. */
  async warmUp(): Promise<void> {
    for (const model of SOAK_MODELS) await this.#exchange(model, model.kind === "chat", undefined);
  }

  /** Begins so many clients; each calls, pauses a little, and calls again. */
  start(clients: number): void {
    this.#running = Array.from({ length: clients }, () => this.#repeat());
  }

  /** Lets the running calls end, and closes every connection. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
    this.#agent.destroy();
  }

  async #repeat(): Promise<void> {
    while (!this.#isStopped) {
      await this.#call();
      await wait(this.#random() * 60);
    }
  }

  async #call(): Promise<void> {
    const model = SOAK_MODELS[Math.floor(this.#random() * SOAK_MODELS.length)] ?? SOAK_MODELS[0];
    if (model === undefined) return;
    const isStream = model.kind === "chat" && this.#random() < 0.75;
    // A third of the clients leave: mostly early, some in the middle, some when the answer is almost there.
    const leaveMs = this.#random() < 0.35 ? this.#random() ** 2 * 900 : undefined;
    this.counts.calls += 1;
    try {
      await this.#exchange(model, isStream, leaveMs);
    } catch (error) {
      this.#count(`the call failed: ${error instanceof Error ? error.message : error}`);
    }
  }

  #count(wrong: string): void {
    this.counts.wrong.set(wrong, (this.counts.wrong.get(wrong) ?? 0) + 1);
  }

  #exchange(model: SoakModel, isStream: boolean, leaveMs: number | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const path = model.kind === "chat" ? "/v1/chat/completions" : "/v1/embeddings";
      const outgoing = request({
        port: this.#target.port,
        host: "127.0.0.1",
        path,
        method: "POST",
        agent: this.#agent,
        headers: { authorization: `Bearer ${this.#target.key}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      let hasLeft = false;
      const leave = () => {
        hasLeft = true;
        this.counts.left += 1;
        outgoing.destroy();
        resolve();
      };
      const timer = leaveMs === undefined ? undefined : setTimeout(leave, leaveMs);
      outgoing.on("error", (error) => {
        clearTimeout(timer);
        if (!hasLeft) reject(error);
      });
      outgoing.on("response", (response) => {
        readText(response).then(
          (text) => {
            clearTimeout(timer);
            if (hasLeft) return;
            this.#judge(response, text, isStream);
            resolve();
          },
          (error: Error) => {
            clearTimeout(timer);
            if (!hasLeft) reject(error);
          },
        );
      });
      outgoing.end(JSON.stringify(bodyFor(model, isStream)));
    });
  }

  #judge(response: IncomingMessage, text: string, isStream: boolean): void {
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      this.counts.refused += 1;
      if (!isErrorBody(text)) this.#count(`status ${status} without an error body`);
      return;
    }
    if (!isStream) {
      this.counts.whole += 1;
      if (!isJson(text)) this.#count("a whole answer that is no JSON");
      return;
    }
    const isDone = text.endsWith("data: [DONE]\n\n");
    const isError = /data: \{"error":/.test(text);
    if (isDone && isError) this.#count("a stream with an error and [DONE]");
    else if (isDone) {
      this.counts.whole += 1;
      if (!text.includes('"finish_reason":"')) this.#count("a stream with [DONE] and without a finish");
    } else if (isError) this.counts.interrupted += 1;
    else this.#count("a stream that ended without [DONE] and without an error");
  }
}

function bodyFor(model: SoakModel, isStream: boolean): object {
  // No two requests are equal, so that none is answered with another's answer.
  const prompt = `Say something about ${randomUUID()}.`;
  if (model.kind === "embedding") return { model: model.name, input: [prompt] };
  return {
    model: model.name,
    messages: [{ role: "user", content: prompt }],
    max_tokens: 200,
    ...(isStream ? { stream: true } : {}),
    ...(model.name === "calling"
      ? { tools: [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }] }
      : {}),
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isErrorBody(text: string): boolean {
  return isJson(text) && typeof JSON.parse(text)?.error?.message === "string";
}
