import { isPasswordKey, isSpokenKey } from "./keys";
import { quoteAt, quotedEnd } from "./quotes";
import { Alphabet, type Scan } from "./scan";
import { decoded, opensNothing } from "./values";

const blank = new Alphabet(/[ \t]/);
const key = new Alphabet(/[\w.$-]/);
const value = new Alphabet(/[^\s"'`<>\p{Cc}]/u, true);
const between = new Alphabet(/[\s,]/);

/** A key with what stands around it. */
interface Key {
  readonly name: string;
  /** Its first character, or the quote before it. */
  readonly from: number;
  readonly quoted: boolean;
}

/**
 * `key=value` and `key: value` as command lines, connection strings, addresses, dumps of the environment, headers, YAML,
 * JSON (also JSON in a text of JSON), XML and programs spell them, where the key says that the value is a secret.
 */
export function findPairs(scan: Scan): void {
  /** Where a name was said to be a secret's: `name: PASSWORD`, then `value: …`. */
  let named = Number.NEGATIVE_INFINITY;
  scan.each(/=|:|>|%3[dD]/g, ({ index, 0: mark }) => {
    const found = mark === ">" ? tagBefore(scan, index) : keyBefore(scan, index);
    if (!found) return undefined;
    const after = mark.length + index;
    if (mark === ":" && !isOwnKey(scan, found, after)) return undefined;
    const from = mark === "%3d" || mark === "%3D" || mark === ">" ? after : behindMark(scan, after);
    const isValue = found.name === "value" && index - named < 200;
    if (/^(?:name|key)$/i.test(found.name)) {
      const [, spokenName = ""] = scan.at(/[ \t]{0,40}\\{0,8}["']?([\w.-]{1,100})/y, from) ?? [];
      // The next name says something about another value.
      named = isSpokenKey(spokenName) ? index : Number.NEGATIVE_INFINITY;
      return undefined;
    }
    if (/^(?:proxy-)?authorization$/i.test(found.name)) return maskHeader(scan, from, true);
    if (/^(?:set-)?cookie2?$/i.test(found.name) && mark === ":") return maskHeader(scan, from, false);
    if (/^auth$/i.test(found.name)) return maskDockerAuth(scan, from);
    if (!isValue && !isSpokenKey(found.name)) return undefined;
    // A flag that a sentence names; and a kubeconfig on one line is the path of one.
    if ((mark === ":" && found.name.startsWith("-")) || /kubeconfig$/i.test(found.name)) return undefined;
    return maskValue(scan, from, found, mark);
  });
}

/** The key that ends before a mark: bare, or in quotes and brackets. */
function keyBefore(scan: Scan, mark: number): Key | undefined {
  let end = scan.start(mark, blank, 40);
  // := and += of programs and templates
  if (/[:+?]/.test(scan.text[end - 1] ?? "")) end--;
  // env["NAME"] = …; behind a colon a bracket is the end of something else.
  if (scan.text[end - 1] === "]" && scan.text[mark] === "=") end--;
  const quoted = /["'`]/.test(scan.text[end - 1] ?? "");
  if (quoted) {
    end--;
    while (scan.text[end - 1] === "\\" && mark - end < 60) end--;
  }
  const from = scan.start(end, key, 100);
  return from < end ? { name: scan.text.slice(from, end), from, quoted } : undefined;
}

/** The name of the element of XML whose tag ends here. */
function tagBefore(scan: Scan, mark: number): Key | undefined {
  const from = scan.start(mark, key, 100);
  if (from === mark || scan.text[from - 1] !== "<") return undefined;
  return { name: scan.text.slice(from, mark), from, quoted: false };
}

/** Whether a colon sets a value apart from its key, and not the parts of a URN, of an ARN, of a type or of an address. */
function isOwnKey(scan: Scan, { from, quoted }: Key, after: number): boolean {
  if (/^(?::|\/\/)/.test(scan.text.slice(after, after + 2))) return false;
  if (quoted) return true;
  return !/[:/@]/.test(scan.text[from - 1] ?? "");
}

/** The place behind a mark, the rest of a longer one (`=>`, `==`, `:=`) and blanks. */
function behindMark(scan: Scan, after: number): number {
  const rest = /[=>~]/.test(scan.text[after] ?? "") ? after + 1 : after;
  return scan.end(rest, blank);
}

/** @returns where the search goes on */
function maskValue(scan: Scan, from: number, found: Key, mark: string): number | undefined {
  const quote = quoteAt(scan, from);
  if (quote) {
    const end = quotedEnd(scan, quote);
    if (!opensNothing(scan.text.slice(quote.after, end))) scan.mask(quote.after, end);
    return end;
  }
  const first = scan.text[from];
  if (first === "[") return maskList(scan, from + 1);
  if (first === "{" && mark === ":") return undefined;
  if (first === "|" || first === ">" || first === "\n" || first === "\r" || first === undefined) {
    return mark === ":" ? maskBlock(scan, from, found) : undefined;
  }
  const end = wordEnd(scan, from, mark);
  const text = scan.text.slice(from, end);
  if (opensNothing(text)) return undefined;
  if (!isPasswordKey(found.name) && (text.length < 4 || /^\d{1,5}$/.test(text))) return end;
  const isFirst =
    /^[ \t-]{0,200}["']?$/.test(scan.before(found.from, 201)) && found.from - scan.start(found.from, blank, 200) < 200;
  // In the middle of a line a word without digits and capitals is one of a sentence.
  if (mark === ":" && !isFirst && /[ \t]/.test(scan.text[from - 1] ?? "") && /^[a-z'’-]{1,40}[.,;:]?$/.test(text)) {
    return undefined;
  }
  scan.mask(from, end);
  if (mark !== ":") return end;
  // A plain value of YAML may have blanks in it: then it is all that the line holds.
  const line = scan.lineEnd(end);
  if (isFirst && /[ \t]/.test(scan.text[end] ?? "") && !/[{}"]/.test(scan.text.slice(end, line))) {
    scan.mask(from, line);
    return line;
  }
  return end;
}

/** Where a bare value ends: at a blank or a quote, and at a comma, a semicolon or an ampersand before the next key. */
function wordEnd(scan: Scan, from: number, mark: string): number {
  if (mark.length > 1) return Math.min(scan.next("%26", from), scan.end(from, value));
  let open = 0;
  let place = from;
  for (; scan.is(place, value); place++) {
    const one = scan.text[place]!;
    if (/[({[]/.test(one)) open++;
    if (!/[&;,)}\]]/.test(one)) continue;
    // The value's own bracket.
    if (/[)}\]]/.test(one) && open-- > 0) continue;
    if (!scan.is(place + 1, value) || scan.at(/[&;,)}\]]{1,4}(?:$|[&;,\s]|[\w.$ -]{1,60}[=:]|\{)/y, place))
      return place;
  }
  return place;
}

/** The elements of a list, in quotes or bare. */
function maskList(scan: Scan, from: number): number {
  for (let place = from; ; ) {
    place = scan.end(place, between);
    const quote = quoteAt(scan, place);
    if (quote) {
      const end = quotedEnd(scan, quote);
      if (!opensNothing(scan.text.slice(quote.after, end))) scan.mask(quote.after, end);
      place = end + quote.mark.length;
      continue;
    }
    const end = scan.end(place, listed);
    if (end === place || scan.text[place] === "{") return place;
    if (!opensNothing(scan.text.slice(place, end))) scan.mask(place, end);
    place = end;
  }
}
const listed = new Alphabet(/[^\s"'`,[\]{}\p{Cc}]/u, true);

/** Lines that are indented more than their key: a block of YAML, its value on the next line, its list. */
function maskBlock(scan: Scan, from: number, { from: begin }: Key): number | undefined {
  const head = scan.at(/(?:[|>][+-]?\d?[+-]?)?[ \t]{0,40}\r?\n/y, from);
  if (!head) return undefined;
  const isLiteral = /^[|>]/.test(head[0]);
  const depth = scan.before(begin, 400).search(/[^ \t-]|$/);
  let place = from + head[0].length;
  while (place < scan.text.length) {
    const start = scan.end(place, blank);
    const end = Math.max(start, scan.lineEnd(start));
    if (start < end) {
      const isItem = scan.text[start] === "-";
      if (start - place < depth + (isItem && !isLiteral ? 0 : 1)) break;
      const text = scan.text.slice(start, end);
      scan.steps += text.length;
      // Another key or an object: nothing that the key itself says anything about.
      const plain = text.replace(/^(?:- {1,8})?["']?/, "").replace(/["']?,?$/, "");
      if (!isLiteral && (/\s|: |:$|^[{[}\]]/.test(plain) || opensNothing(plain))) break;
      scan.mask(isItem && !isLiteral ? start + 2 : start, end);
    }
    place = end + (scan.text[end] === "\r" ? 2 : 1);
    if (!isLiteral && scan.text[start] !== "-") break;
  }
  return place;
}

/** What a header holds: to the end of the line or the quote that it stands in, without the name of the scheme. */
function maskHeader(scan: Scan, from: number, hasScheme: boolean): number | undefined {
  const quote = quoteAt(scan, from);
  const begin = quote ? quote.after : from;
  const line = scan.lineEnd(begin);
  const end = quote
    ? quotedEnd(scan, quote)
    : Math.min(line, scan.next('"', begin), scan.next("'", begin), scan.next("`", begin));
  const scheme = hasScheme
    ? scan.at(/(?:AWS4-HMAC-SHA256|Basic|Bearer|Digest|Negotiate|Token|ApiKey)[ \t]{1,8}/iy, begin)
    : undefined;
  const start = begin + (scheme?.[0].length ?? 0);
  const [word = ""] = scan.at(/[^\s"']{0,200}/y, start) ?? [];
  if (start >= end || opensNothing(word)) return undefined;
  scan.mask(start, end);
  return end;
}

/** `auth` of Docker's configuration and of npm's: `user:password` in base64. */
function maskDockerAuth(scan: Scan, from: number): number | undefined {
  const quote = quoteAt(scan, from);
  const begin = quote?.after ?? from;
  const end = scan.end(begin, value);
  const text = scan.text.slice(begin, end);
  scan.steps += text.length;
  if (text.length < 4 || !/^[A-Za-z0-9+/_=-]{4,500}$/.test(text) || !decoded(text)?.includes(":")) return end;
  scan.mask(begin, end);
  return end;
}
