/** A break that nobody sees and that ends what a forge would make of the text. */
const stop = "\u200b";

/** Tags that the renderer uses, as it writes them: without attributes, so without addresses and handlers. */
const tags =
  /^<(?:\/?(?:details|summary|b|strong|em|i|br|sub|sup|code|pre|table|thead|tbody|tr|td|th)|details open|br ?\/)>/;

export interface Sanitising {
  /** Hidden comments that may stay: whole lines. */
  readonly keeps: (line: string) => boolean;
  /** Where links may lead: `https://github.com/acme/shop/`, with the slash. */
  readonly links: readonly string[];
}

/**
 * Makes a text harmless that code of a pull request has rendered, before a privileged job posts it: no tag but the
 * renderer's own, no image, no link to anywhere else, nobody called (`@name`), no other issue mentioned (`#1`), no hidden
 * text, nothing that turns the direction of reading. Text and code look the same afterwards, whatever Markdown makes of
 * them, because only marks that nobody sees are put in; so it need not agree with a forge about what is code. What the
 * renderer itself writes comes out as it went in.
 */
export function sanitised(markdown: string, { keeps, links }: Sanitising): string {
  return markdown
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => (keeps(line) ? line : harmless(line, links)))
    .join("\n");
}

function harmless(text: string, links: readonly string[]): string {
  return (
    withoutEntities(text)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what has to go
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "")
      .replace(/<(?=[a-z/!?])/gi, (open, at: number, whole: string) =>
        tags.test(whole.slice(at)) ? open : open + stop,
      )
      .replace(/!\[/g, `!${stop}[`)
      .replace(/\](?=\()/g, (close, at: number, whole: string) =>
        leadsTo(whole, at + 2, links) ? close : close + stop,
      )
      // A definition that links by reference: `[name]: address`; `]:::` is how a graph names a node's class.
      .replace(/\](?=:(?!::))/g, `]${stop}`)
      .replace(/:\/\//g, (mark, at: number, whole: string) => (isOwn(whole, at, links) ? mark : `:/${stop}/`))
      .replace(/\bwww(?=\.)/gi, (word) => word + stop)
      .replace(/\b(mailto|xmpp)(?=:)/gi, (word) => word + stop)
      .replace(/@(?=[a-z0-9])/gi, `@${stop}`)
      // Colours of a graph are six digits too.
      .replace(/((?<!&|\b(?:fill|stroke|color):)#|\bGH-)(?=\d+\b)/gi, (mark) => mark + stop)
  );
}

/** `@` and `#` as entities. */
const entity = /&(?=(?:#0*(?:35|64)|#x0*(?:23|40)|num|commat);)/gi;

/**
 * A forge looks for names and numbers after it has decoded entities, though never in code. On a line with a backtick or a
 * backslash it is not sure what is code.
 */
function withoutEntities(line: string): string {
  const broken = (text: string) => text.replace(entity, `&${stop}`);
  if (/[`\\]/.test(line)) return broken(line);
  const pieces = line.split(/(<code>[^<]*<\/code>)/);
  return pieces.map((piece, index) => (index % 2 === 1 ? piece : broken(piece))).join("");
}

/** Whether the `://` at this place is of an address that may be linked to. */
function isOwn(text: string, at: number, links: readonly string[]): boolean {
  return links.some((link) => {
    const begin = at - link.indexOf("://");
    // Nothing may go on before it: `xhttps://…` is another address.
    return begin >= 0 && leadsTo(text, begin, [link]) && !/[\w.+-]/.test(text[begin - 1] ?? " ");
  });
}

/** Whether an address begins here that stays where it says: `..` would lead out of it. */
function leadsTo(text: string, at: number, links: readonly string[]): boolean {
  const [address = ""] = /^[^\s)>"'\]]*/.exec(text.slice(at)) ?? [];
  return links.some((link) => address.startsWith(link)) && !/\.\.|%2e|\\/i.test(address);
}
