import { withoutShapes } from "../../lib/masking";

/**
 * Everything that comes from a preview goes through one of these. Words stay text; all else becomes code, in which a
 * forge sees neither a mention, a number of an issue, a commit, an address, an emoji nor a formula. What shows nothing or
 * turns the direction of reading is written as its code point.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals are what has to go
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
/** Controls, formats (bidi, zero width, tags), lone surrogates, private use, line separators, and other blanks that show nothing. */
const invisible =
  /(?![\n\t]|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const plainAscii = /^[\n\t\u0020-\u007e]*$/;

/** A text without secrets by their shape and without what nobody sees; lines stay. */
export function clean(value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  if (plainAscii.test(text)) return withoutShapes(text);
  // Colours first: in the middle of a secret they would hide it.
  const plain = withoutShapes(text.replace(ansi, "").replaceAll("\r\n", "\n"));
  return plain.replace(invisible, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** On one line, at most so many characters; the end is cut, or the start with `from: "start"`. */
export function short(value: unknown, most: number, from: "start" | "end" = "end"): string {
  const text = clean(value).replace(/\s+/g, " ").trim();
  if (text.length <= most) return text;
  const points = [...text];
  if (points.length <= most) return text;
  return from === "end" ? `${points.slice(0, most - 1).join("")}…` : `…${points.slice(1 - most).join("")}`;
}

/**
 * A code span, also in a cell of a table and in a link's text.
 * @param most characters that are shown
 */
export function code(value: unknown, most = 160, from: "start" | "end" = "end"): string {
  // A cell's pipe cannot be escaped after a backslash on every forge; its twin looks the same.
  const text = short(value, most, from).replaceAll("|", "¦");
  if (text === "") return "*empty*";
  const ticks = "`".repeat(longestRun(text) + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** Code in the middle of HTML, where Markdown is not read: in a `<summary>`. */
export function htmlCode(value: unknown, most = 160): string {
  return `<code>${html(short(value, most))}</code>`;
}

function html(text: string): string {
  return text.replace(/[&<>"'`*_[\]@#:]/g, (character) => `&#${character.codePointAt(0)};`);
}

/** Words that no forge reads anything into: letters, a number, with the marks of a sentence around them. */
const word = /^["'(]{0,2}(?:[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*|\d{1,6}(?:\.\d{1,4})?%?)["')]{0,2}[.,;:!?]?["')]?$/u;

/**
 * A sentence with values in it, as text: words stay words, everything else becomes code, so that it reads as its author
 * meant it and can do nothing.
 */
export function prose(value: unknown, most = 600): string {
  const out: string[] = [];
  let values: string[] = [];
  const flush = (tail = "") => {
    if (values.length > 0) out.push(`${code(values.join(" "), most)}${tail}`);
    values = [];
  };
  for (const token of short(value, most).split(" ").filter(Boolean)) {
    // A number with a dot at the beginning is an item of a list.
    if (isPlain(token) && !(out.length + values.length === 0 && /^\d+[.)]/.test(token))) {
      flush();
      out.push(token);
      continue;
    }
    // What its author has written as code already.
    const quoted = /^`([^`\s]+)`([.,;:!?]?)$/.exec(token);
    const [, before = "", inner = "", after = ""] = quoted
      ? ["", "", quoted[1]!, quoted[2]!]
      : (bracketed.exec(token) ?? []);
    if (inner === "" || (isPlain(inner) && !quoted)) {
      values.push(token);
      continue;
    }
    if (before) {
      flush();
      out.push(`${before}${code(inner, most)}${after}`);
      continue;
    }
    values.push(inner);
    if (after) flush(after);
  }
  flush();
  return out.join(" ");
}

/** A value with the marks of the sentence around it; brackets of its own stay with it. */
const bracketed = /^(["'(]?)([^()]*?(?:\(.*\))?[^()]*?)([)"']?[.,;:!?]?)$/su;

function isPlain(token: string): boolean {
  return word.test(token) || /^[–—→…]$/.test(token);
}

/** A fenced block that its text cannot end. Lines longer than 500 characters are cut. */
export function fence(language: "diff" | "yaml" | "text" | "mermaid", text: string): string {
  const lines = clean(text).replaceAll("<!--", "< !--").split("\n");
  const cut = lines.map((line) =>
    line.length > 500 && language !== "mermaid"
      ? `${wellFormed(line.slice(0, 460))}… (${line.length - 460} more)`
      : line,
  );
  while (cut.length > 1 && cut.at(-1)!.trim() === "") cut.pop();
  const body = cut.join("\n");
  const ticks = "`".repeat(Math.max(3, longestRun(body) + 1));
  return `${ticks}${language}\n${body}\n${ticks}`;
}

/** A link; its text only where the address is none that a browser may follow. The text is Markdown already. */
export function link(text: string, address: string | undefined): string {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return text;
  return `[${text}](${url.href.replace(/[()<>|\\"'`*[\]@~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)})`;
}

function longestRun(text: string): number {
  if (!text.includes("`")) return 0;
  return Math.max(...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** A text without halves of characters, which no encoding knows. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
