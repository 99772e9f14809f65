/** Chunks that carry a model's thoughts; the AI SDK makes a `reasoning` part of them. */
export type ThinkingChunk =
  | { readonly type: "reasoning-start"; readonly id: string }
  | { readonly type: "reasoning-delta"; readonly id: string; readonly delta: string }
  | {
      readonly type: "reasoning-end";
      readonly id: string;
      /** How long the model thought; read back by the schema of reasoning parts. */
      readonly providerMetadata: { readonly vouch: { readonly durationMs: number } };
    };

/**
 * Turns a model's thoughts into parts of their own beside the answer. They are shown folded and kept with the message;
 * they are no part of the answer's text, so nothing in them is cited, checked, searched, shared or sent back to a model.
 */
export class Thinking {
  #count = 0;
  #beganMs: number | undefined;

  /** Adds to the thoughts under way, or begins new ones. */
  push(delta: string, nowMs: number): ThinkingChunk[] {
    if (this.#beganMs !== undefined) return [{ type: "reasoning-delta", id: this.#id, delta }];
    this.#beganMs = nowMs;
    this.#count += 1;
    return [
      { type: "reasoning-start", id: this.#id },
      { type: "reasoning-delta", id: this.#id, delta },
    ];
  }

  /** Ends the thoughts under way; nothing when there are none. */
  end(nowMs: number): ThinkingChunk[] {
    if (this.#beganMs === undefined) return [];
    const durationMs = Math.round(nowMs - this.#beganMs);
    this.#beganMs = undefined;
    return [{ type: "reasoning-end", id: this.#id, providerMetadata: { vouch: { durationMs } } }];
  }

  get #id(): string {
    return `thinking-${this.#count}`;
  }
}
