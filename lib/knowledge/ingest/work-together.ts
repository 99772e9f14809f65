/** How {@link workTogether} gathers. */
export interface TogetherOptions<Item, Result> {
  /** Does the work for all items of a group; one result for each, in order. */
  readonly work: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items of different keys never share a group. */
  readonly keyOf: (item: Item) => string;
  /** How much an item weighs, and how much a group may. */
  readonly weightOf: (item: Item) => number;
  readonly weightMax: () => number;
  /** Groups under way at once. */
  readonly parallel: number;
  /** True when more items are on their way than the so many that wait: then it pays to wait a little. */
  readonly expectsMore: (waiting: number) => boolean;
}

/** How long an item waits for others that are on their way. */
const GATHER_MS = 25;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets items that arrive close together share a group: alone an item waits for nothing, in a crowd the fixed costs are
 * shared. When a group fails, each of its items is tried alone, so that one bad item spoils no
 * other.
 */
export function workTogether<Item, Result>(
  options: TogetherOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running = 0;

  const takeGroup = (): Waiting<Item, Result>[] => {
    const first = waiting.shift();
    if (first === undefined) return [];
    const group = [first];
    let weight = options.weightOf(first.item);
    for (let index = 0; index < waiting.length; ) {
      const next = waiting[index] as Waiting<Item, Result>;
      const isFitting =
        options.keyOf(next.item) === options.keyOf(first.item) &&
        weight + options.weightOf(next.item) <= options.weightMax();
      if (!isFitting) index += 1;
      else {
        weight += options.weightOf(next.item);
        group.push(...waiting.splice(index, 1));
      }
    }
    return group;
  };

  const settle = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.work(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) await settle([one]);
    }
  };

  const weigh = () => waiting.reduce((sum, { item }) => sum + options.weightOf(item), 0);

  const start = (isWaitOver: boolean): void => {
    if (running >= options.parallel || waiting.length === 0) return;
    if (!isWaitOver && options.expectsMore(waiting.length) && weigh() < options.weightMax()) return;
    running += 1;
    void settle(takeGroup()).finally(() => {
      running -= 1;
      // Those left have waited while this group was worked on.
      start(true);
    });
    start(isWaitOver);
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      setImmediate(() => start(false));
      setTimeout(() => start(true), GATHER_MS);
    });
}
