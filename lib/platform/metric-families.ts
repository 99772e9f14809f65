/** A value for each label. */
export type LabelValues<Label extends string> = Readonly<Record<Label, string>>;

/** Stands between the values of a cell's key; no label value holds it. */
const KEY_SEPARATOR = "\u0001";

/** A metric with one cell for each combination of label values seen, in the Prometheus text format. */
export abstract class Family<Label extends string = string, Cell extends object = object> {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly Label[];
  readonly #cells = new Map<string, { readonly labels: string; readonly cell: Cell }>();

  constructor(name: string, help: string, labels: readonly Label[]) {
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
  }

  /** The cell of these label values; it can be held on to, which spares looking it up with every event. */
  cell(labels: LabelValues<Label> | undefined): Cell {
    const key = labels === undefined ? "" : this.#keyOf(labels);
    let found = this.#cells.get(key);
    if (found === undefined) {
      found = { labels: labels === undefined ? "" : this.#describe(labels), cell: this.newCell() };
      this.#cells.set(key, found);
    }
    return found.cell;
  }

  /** The family in the Prometheus text format, version 0.0.4. */
  text(): string {
    const help = this.#help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    const lines = [`# HELP ${this.#name} ${help}`, `# TYPE ${this.#name} ${this.kind}`];
    // A metric without labels is there from the start: a rate needs the zero before the first event.
    if (this.#labels.length === 0) this.cell(undefined);
    for (const { labels, cell } of this.#cells.values()) lines.push(...this.lines(this.#name, labels, cell));
    return `${lines.join("\n")}\n`;
  }

  protected abstract readonly kind: "counter" | "gauge" | "histogram";
  protected abstract newCell(): Cell;
  protected abstract lines(name: string, labels: string, cell: Cell): string[];

  #keyOf(labels: LabelValues<Label>): string {
    let key = "";
    for (const label of this.#labels) key += labels[label] + KEY_SEPARATOR;
    return key;
  }

  #describe(labels: LabelValues<Label>): string {
    return this.#labels
      .map((label) => {
        const value = String(labels[label]).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
        return `${label}="${value.replaceAll("\n", "\\n")}"`;
      })
      .join(",");
  }
}

/** A number that stands alone in its cell. */
interface NumberCell {
  value: number;
}

abstract class NumberFamily<Label extends string> extends Family<Label, NumberCell> {
  protected newCell(): NumberCell {
    return { value: 0 };
  }

  protected lines(name: string, labels: string, { value }: NumberCell): string[] {
    return [`${name}${braced(labels)} ${value}`];
  }

  protected add(labels: LabelValues<Label> | undefined, value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`${value} is no amount to count`);
    this.cell(labels).value += value;
  }
}

/** Counts up. */
export class Counter<Label extends string = never> extends NumberFamily<Label> {
  protected readonly kind = "counter";

  inc(amount?: number): void;
  inc(labels: LabelValues<Label>, amount?: number): void;
  inc(first: LabelValues<Label> | number = 1, second = 1): void {
    const amount = typeof first === "number" ? first : second;
    if (amount < 0) throw new RangeError("a counter does not go down");
    this.add(typeof first === "number" ? undefined : first, amount);
  }
}

/** Goes up and down. */
export class Gauge<Label extends string = never> extends NumberFamily<Label> {
  protected readonly kind = "gauge";

  inc(amount?: number): void;
  inc(labels: LabelValues<Label>, amount?: number): void;
  inc(first: LabelValues<Label> | number = 1, second = 1): void {
    if (typeof first === "number") this.add(undefined, first);
    else this.add(first, second);
  }

  dec(amount?: number): void;
  dec(labels: LabelValues<Label>, amount?: number): void;
  dec(first: LabelValues<Label> | number = 1, second = 1): void {
    if (typeof first === "number") this.add(undefined, -first);
    else this.add(first, -second);
  }

  set(value: number): void;
  set(labels: LabelValues<Label>, value: number): void;
  set(first: LabelValues<Label> | number, second = 0): void {
    const labels = typeof first === "number" ? undefined : first;
    this.cell(labels).value = typeof first === "number" ? first : second;
  }
}

/** Counts of one combination of labels, by upper bound. */
class HistogramCell {
  readonly bounds: readonly number[];
  /** How many values fell under each bound and above the one before; the last: above all bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = [...bounds.map(() => 0), 0];
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`${value} is no value to observe`);
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at += 1;
    counts[at] = (counts[at] as number) + 1;
    this.sum += value;
  }
}

/** Counts values by upper bounds. */
export class Histogram<Label extends string = never> extends Family<Label, HistogramCell> {
  protected readonly kind = "histogram";
  readonly #bounds: readonly number[];

  constructor(name: string, help: string, labels: readonly Label[], bounds: readonly number[]) {
    super(name, help, labels);
    this.#bounds = bounds;
  }

  observe(value: number): void;
  observe(labels: LabelValues<Label>, value: number): void;
  observe(first: LabelValues<Label> | number, second = 0): void {
    if (typeof first === "number") this.cell(undefined).observe(first);
    else this.cell(first).observe(second);
  }

  protected newCell(): HistogramCell {
    return new HistogramCell(this.#bounds);
  }

  protected lines(name: string, labels: string, { bounds, counts, sum }: HistogramCell): string[] {
    const before = labels === "" ? "" : `${labels},`;
    let total = 0;
    const buckets = counts.map((count, at) => {
      total += count;
      return `${name}_bucket{${before}le="${bounds[at] ?? "+Inf"}"} ${total}`;
    });
    return [...buckets, `${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${total}`];
  }
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}
