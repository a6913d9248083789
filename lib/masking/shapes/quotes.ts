import type { Scan } from "./scan";

/** A quote that opens a text, with the backslashes before it where that text stands in another one. */
export interface Quote {
  readonly mark: string;
  /** The first character of the text. */
  readonly after: number;
}

/** The quote at a place; undefined where there is none. */
export function quoteAt(scan: Scan, place: number): Quote | undefined {
  const match = scan.at(/\\{0,8}["'`]/y, place);
  return match && { mark: match[0], after: place + match[0].length };
}

/** Where a quoted text ends: at its closing quote, else at the end of the line. */
export function quotedEnd(scan: Scan, { mark, after }: Quote): number {
  const quote = mark.at(-1)!;
  const place = scan.kept(`${mark} closes`, after, () => closing(scan, quote, mark.length - 1, after));
  if (place === scan.text.length) return scan.lineEnd(after);
  return mark.length > 1 ? Math.max(after, place - slashesBefore(scan, place)) : place;
}

/** The next quote that ends a text whose opening one has so many backslashes before it. */
function closing(scan: Scan, quote: string, depth: number, after: number): number {
  for (let place = after; ; place++) {
    place = scan.next(quote, place);
    if (place === scan.text.length) return place;
    const slashes = Math.min(slashesBefore(scan, place), place - after);
    // In a text in a text a bare quote ends both; one more backslash belongs to the value.
    if (depth > 0 ? slashes <= depth : slashes % 2 === 0) return place;
  }
}

function slashesBefore(scan: Scan, place: number): number {
  let slashes = 0;
  while (scan.text[place - 1 - slashes] === "\\" && slashes < 16) slashes++;
  scan.steps += slashes + 1;
  return slashes;
}
