/**
 * What a section is made of, in the order in which it may go when there is no room: the first kinds go first. `keep` stays
 * whatever happens. The words say what was left out.
 */
export const partKinds = {
  created: ["the YAML of one new resource", "the YAML of # new resources"],
  safeDiff: ["the differences of one safe change", "the differences of # safe changes"],
  diff: ["the differences of one change that needs care", "the differences of # changes that need care"],
  warnings: ["one warning", "# warnings"],
  diagram: ["the diagram", "the diagram"],
  config: ["one changed setting", "# changed settings"],
  cost: ["the table of costs", "the table of costs"],
  advice: ["one piece of advice", "# pieces of advice"],
  rows: ["one row of the table", "# rows of the table"],
  findings: ["one broken policy", "# broken policies"],
  attention: ["one thing that needs attention", "# things that need attention"],
  errors: ["one error", "# errors"],
  /** What was left out; written anew whenever something is. */
  note: ["", ""],
  keep: ["", ""],
} as const satisfies Record<string, readonly [one: string, many: string]>;

export type PartKind = keyof typeof partKinds;
export type Left = Partial<Readonly<Record<PartKind, number>>>;

/** A piece of Markdown that stands or goes as one: whole blocks, with every fence and tag that it opens closed. */
export interface Block {
  readonly kind: PartKind;
  /** Computed when it is sure that there is room for more. */
  readonly text: () => string;
}

/** Lines of which some may go, as rows of a table or items of a list; the head and the tail stay while a line does. */
export interface Lines {
  readonly kind: PartKind;
  readonly head: readonly string[];
  readonly lines: readonly string[];
  readonly tail: readonly string[];
}

/** Blocks that stand in one fold. */
export interface Fold {
  readonly open: string;
  readonly blocks: readonly Block[];
  readonly close: string;
}

export type Part = Block | Lines | Fold;

/** The hidden lines between parts. They make it possible to trim a comment that another job has written. */
export const forms = {
  part: /^<!-- switchboard:(part|lines) ([a-zA-Z]+)(?: (\d+) (\d+))? -->$/,
  open: /^<!-- switchboard:fold -->$/,
  close: "<!-- switchboard:fold end -->",
} as const;

const openForm = "<!-- switchboard:fold -->";

export function isFold(part: Part): part is Fold {
  return "blocks" in part;
}

export function isLines(part: Part): part is Lines {
  return "lines" in part;
}

export function block(kind: PartKind, text: string | (() => string)): Block {
  return { kind, text: typeof text === "string" ? () => text : text };
}

/** Parts as text, a marker before each. */
export function written(parts: readonly Part[]): string {
  return parts.map(writtenPart).join("\n\n");
}

export function writtenPart(part: Part): string {
  if (isFold(part)) {
    return [
      openForm,
      part.open,
      "",
      ...part.blocks.map((entry) => `${writtenPart(entry)}\n`),
      forms.close,
      part.close,
    ].join("\n");
  }
  if (isLines(part)) {
    const marker = `<!-- switchboard:lines ${part.kind} ${part.head.length} ${part.tail.length} -->`;
    return [marker, ...part.head, ...part.lines, ...part.tail].join("\n");
  }
  return `<!-- switchboard:part ${part.kind} -->\n${part.text()}`;
}

/** Parts from a text that `written` made. What stands before the first marker belongs to no part and is left out. */
export function parsed(text: string): Part[] {
  const parts: Part[] = [];
  let fold: { open: string; blocks: Block[] } | undefined;
  for (const piece of pieces(text)) {
    const [first = "", ...rest] = piece;
    const content = trimmed(rest);
    if (first === openForm) fold = { open: content.join("\n"), blocks: [] };
    else if (first === forms.close) {
      if (fold) parts.push({ ...fold, close: content.join("\n") });
      fold = undefined;
    } else {
      const [, form, kind = "", head = "0", tail = "0"] = forms.part.exec(first)!;
      if (!Object.hasOwn(partKinds, kind)) continue;
      if (form === "part") (fold?.blocks ?? parts).push(block(kind as PartKind, content.join("\n")));
      else {
        const [from, to] = [Number(head), content.length - Number(tail)];
        parts.push({
          kind: kind as PartKind,
          head: content.slice(0, from),
          lines: content.slice(from, to),
          tail: content.slice(Math.max(from, to)),
        });
      }
    }
  }
  return parts;
}

/** Runs of lines, each from one marker to the next. */
function pieces(text: string): string[][] {
  const found: string[][] = [];
  for (const line of text.split("\n")) {
    if (forms.part.test(line) || forms.open.test(line) || line === forms.close) found.push([line]);
    else found.at(-1)?.push(line);
  }
  return found;
}

/** Without empty lines at both ends. */
function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return first === -1 ? [] : lines.slice(first, last + 1);
}
