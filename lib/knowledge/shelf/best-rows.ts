/** Keeps the `limit` best of many scored rows: a heap with the worst of them on top. */
export class BestRows {
  readonly #scores: Float64Array;
  readonly #rows: Float64Array;
  #size = 0;

  constructor(limit: number) {
    this.#scores = new Float64Array(limit);
    this.#rows = new Float64Array(limit);
  }

  /** A score must be above this to count. */
  get floor(): number {
    return this.#size < this.#scores.length ? Number.NEGATIVE_INFINITY : this.#score(0);
  }

  add(row: number, score: number): void {
    if (score <= this.floor || this.#scores.length === 0) return;
    if (this.#size < this.#scores.length) {
      this.#size += 1;
      this.#rise(this.#size - 1, row, score);
    } else {
      this.#sink(row, score);
    }
  }

  /** Best first; equal scores in the order of their rows. */
  sorted(): { row: number; score: number }[] {
    return Array.from({ length: this.#size }, (_, place) => ({
      row: this.#rows[place] ?? 0,
      score: this.#score(place),
    })).sort((a, b) => b.score - a.score || a.row - b.row);
  }

  #score(place: number): number {
    return this.#scores[place] ?? 0;
  }

  #put(place: number, row: number, score: number): void {
    this.#rows[place] = row;
    this.#scores[place] = score;
  }

  #rise(from: number, row: number, score: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#score(parent) <= score) break;
      this.#put(place, this.#rows[parent] ?? 0, this.#score(parent));
      place = parent;
    }
    this.#put(place, row, score);
  }

  #sink(row: number, score: number): void {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#score(child + 1) < this.#score(child)) child += 1;
      if (this.#score(child) >= score) break;
      this.#put(place, this.#rows[child] ?? 0, this.#score(child));
      place = child;
    }
    this.#put(place, row, score);
  }
}
