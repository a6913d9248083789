/** Something that happened at a time: times are compared as text. */
export interface Timed {
  readonly time: string;
}

/**
 * Merges streams that are in order, each by itself, into one that is in order: it waits for the next of every stream, so it
 * is for logs that end. What is equal in time stays in the order of the streams.
 */
export async function* mergeEnded<T extends Timed>(streams: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let first = -1;
      for (const [index, head] of heads.entries()) {
        if (!head.done && (first < 0 || head.value.time < heads[first]!.value.time)) first = index;
      }
      if (first < 0) return;
      yield heads[first]!.value;
      heads[first] = await iterators[first]!.next();
    }
  } finally {
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()));
  }
}

/** How far to look ahead. */
export interface LookAhead<T> {
  /** Milliseconds between an item and the last that is seen before it goes on. */
  readonly ms: number;
  /** More than this many are not held. */
  readonly most: number;
  /** Called with each item when it comes. */
  readonly look: (item: T) => void;
}

/** Passes on what is in order, each item after what is up to `ms` later was looked at. */
export async function* lookAhead<T extends Timed>(
  items: AsyncIterable<T>,
  { ms, most, look }: LookAhead<T>,
): AsyncGenerator<T> {
  const held: { readonly item: T; readonly at: number }[] = [];
  for await (const item of items) {
    look(item);
    const at = Date.parse(item.time) || 0;
    held.push({ item, at });
    while (held.length > most || at - held[0]!.at > ms) yield held.shift()!.item;
  }
  for (const { item } of held) yield item;
}

/** How long, and how many at most. */
export interface ReorderOptions<T> {
  /** Milliseconds that something is held back, for an earlier one that is still on its way. */
  readonly holdMs: number;
  /** More than this many are not held: the earliest go at once. */
  readonly most: number;
  /** Called in order, as far as what came late can be in order. */
  readonly emit: (item: T) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Puts what comes from several places at once into order, with a delay and a memory that are bounded. */
export class Reorder<T extends Timed> {
  private readonly held: { readonly item: T; readonly since: number }[] = [];
  private readonly now: () => number;

  constructor(private readonly options: ReorderOptions<T>) {
    this.now = options.now ?? (() => performance.now());
  }

  get size(): number {
    return this.held.length;
  }

  push(item: T): void {
    // Most come in order, so the place is found from the end.
    let at = this.held.length;
    while (at > 0 && this.held[at - 1]!.item.time > item.time) at--;
    this.held.splice(at, 0, { item, since: this.now() });
    if (this.held.length > this.options.most) this.options.emit(this.held.shift()!.item);
  }

  /** Gives what was held for long enough, and what is earlier than that. */
  settle(): void {
    const until = this.now() - this.options.holdMs;
    const last = this.held.findLastIndex(({ since }) => since <= until);
    for (const { item } of this.held.splice(0, last + 1)) this.options.emit(item);
  }

  /** Gives everything. */
  flush(): void {
    for (const { item } of this.held.splice(0)) this.options.emit(item);
  }
}
