/** Milliseconds a wheel reaches ahead. */
const SLOTS = 8192;

/** Thousands of timers for the price of one: each item waits in the slot of its millisecond. */
export class TimerWheel<Item> {
  #slots: Item[][] = Array.from({ length: SLOTS }, () => []);
  #atMs = Math.floor(performance.now());
  #isDue: (item: Item, nowMs: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param isDue called with each item when its time has come. */
  constructor(isDue: (item: Item, nowMs: number) => void) {
    this.#isDue = isDue;
  }

  /** @param dueMs time of `performance.now()`, less than eight seconds ahead. */
  add(dueMs: number, item: Item): void {
    if (this.#count === 0) this.#atMs = Math.floor(performance.now());
    const slot = Math.min(Math.max(Math.ceil(dueMs), this.#atMs + 1), this.#atMs + SLOTS - 1);
    this.#slots[slot % SLOTS]?.push(item);
    this.#count += 1;
    this.#timer ??= setInterval(() => this.#turn(), 1);
  }

  #turn(): void {
    const nowMs = performance.now();
    while (this.#atMs < Math.floor(nowMs)) {
      this.#atMs += 1;
      const index = this.#atMs % SLOTS;
      const items = this.#slots[index] ?? [];
      if (items.length === 0) continue;
      this.#slots[index] = [];
      this.#count -= items.length;
      for (const item of items) this.#isDue(item, nowMs);
    }
    if (this.#count > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
