/** A stretch of a text that is masked: its first character and the one after its last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A set of ASCII characters; whether all others belong to it too is said when it is made. */
export class Alphabet {
  readonly #has = new Uint8Array(128);

  constructor(
    one: RegExp,
    private readonly others = false,
  ) {
    for (let code = 0; code < 128; code++) if (one.test(String.fromCharCode(code))) this.#has[code] = 1;
  }

  has(code: number): boolean {
    return code < 128 ? this.#has[code] === 1 : this.others;
  }
}

/**
 * A text that is looked through, and how many characters were looked at for it. Every rule reads by these methods, and
 * goes on behind what it has read or reads no further than a fixed number of characters; so the sum grows with the text.
 */
export class Scan {
  readonly found: Stretch[] = [];
  /** Characters that were looked at. */
  steps = 0;
  readonly #next = new Map<string, { readonly from: number; readonly at: number }>();

  /**
   * @param breaks places where a line end was taken out of the text, in order
   */
  constructor(
    readonly text: string,
    readonly breaks: readonly number[] = [],
  ) {}

  /** The first place from `at` on whose character is not of the alphabet. */
  end(at: number, alphabet: Alphabet, most = Number.POSITIVE_INFINITY): number {
    const last = Math.min(this.text.length, at + most);
    let place = at;
    while (place < last && alphabet.has(this.text.charCodeAt(place))) place++;
    this.steps += place - at + 1;
    return place;
  }

  /** Whether the character at a place is of the alphabet; there is none behind the end. */
  is(at: number, alphabet: Alphabet): boolean {
    this.steps++;
    return at < this.text.length && alphabet.has(this.text.charCodeAt(at));
  }

  /** The first place of the characters of the alphabet that end before `at`. */
  start(at: number, alphabet: Alphabet, most: number): number {
    const first = Math.max(0, at - most);
    let place = at;
    while (place > first && alphabet.has(this.text.charCodeAt(place - 1))) place--;
    this.steps += at - place + 1;
    return place;
  }

  /** The next place of some characters; the end of the text where there is none. */
  next(what: string, from: number): number {
    return this.kept(what, from, () => {
      const found = this.text.indexOf(what, from);
      const at = found < 0 ? this.text.length : found;
      this.steps += at - from + 1;
      return at;
    });
  }

  /**
   * The first place of something from `from` on, kept, so that asking again on the way there is free.
   * @param find looks for it; has to find the same from anywhere on the way
   */
  kept(what: string, from: number, find: () => number): number {
    const known = this.#next.get(what);
    if (known && known.from <= from && from <= known.at) return known.at;
    const at = find();
    this.#next.set(what, { from, at });
    return at;
  }

  /** The end of the line that a place is in. */
  lineEnd(at: number): number {
    const end = this.next("\n", at);
    return this.text[end - 1] === "\r" && end > at ? end - 1 : end;
  }

  /** What stands before a place, on the same line, at most so many characters. */
  before(at: number, most: number): string {
    const text = this.text.slice(Math.max(0, at - most), at);
    this.steps += text.length;
    return text.slice(text.lastIndexOf("\n") + 1);
  }

  /** A pattern (with the flag y and without unbounded quantifiers) at a place. */
  at(pattern: RegExp, place: number): RegExpExecArray | undefined {
    pattern.lastIndex = place;
    const match = pattern.exec(this.text) ?? undefined;
    this.steps += match ? match[0].length : 1;
    return match;
  }

  /**
   * Every match of a pattern (with the flag g and without unbounded quantifiers).
   * @param then what to do with it; where it gives a place, the search goes on there
   */
  each(pattern: RegExp, then: (match: RegExpExecArray) => number | undefined): void {
    pattern.lastIndex = 0;
    for (let from = 0; from <= this.text.length; ) {
      pattern.lastIndex = from;
      const match = pattern.exec(this.text);
      this.steps += (match ? match.index + match[0].length : this.text.length) - from + 1;
      if (!match) return;
      const end = match.index + match[0].length;
      from = Math.max(then(match) ?? end, match.index + 1);
    }
  }

  mask(from: number, to: number): void {
    if (to > from) this.found.push({ from, to });
  }
}

/** A text with its stretches replaced; those that touch or overlap become one. */
export function replaced(text: string, stretches: readonly Stretch[], by: string): string {
  const sorted = [...stretches].sort((a, b) => a.from - b.from || a.to - b.to);
  const out: string[] = [];
  let done = 0;
  for (let index = 0; index < sorted.length; ) {
    const { from } = sorted[index]!;
    let { to } = sorted[index]!;
    for (index++; index < sorted.length && sorted[index]!.from <= to; index++) to = Math.max(to, sorted[index]!.to);
    out.push(text.slice(done, from), by);
    done = to;
  }
  return out.join("") + text.slice(done);
}
