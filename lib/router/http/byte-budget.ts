/** Bytes that all requests of a process may hold together at a time. */
export class ByteBudget {
  readonly #total: number;
  #taken = 0;

  constructor(total: number) {
    this.#total = total;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes bytes; false, and nothing taken, when there are not so many left. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#total) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
