/** A sentence with the line on which its paragraph, item or cell begins. */
export interface Sentence {
  readonly line: number;
  readonly text: string;
}

/** What ends with a full stop inside a sentence. */
const abbreviations = /\b(e\.g|i\.e|etc|vs|Dr|No)\.$/;

/**
 * The sentences of a Markdown text: of paragraphs, headings, items and the cells of tables. Blocks of code are none of
 * them. A code span is one word, because it is one name or one command. A link counts by its text.
 */
export function sentencesOf(markdown: string): Sentence[] {
  return blocksOf(markdown).flatMap(({ line, text }) => split(plain(text)).map((part) => ({ line, text: part })));
}

/** How many words a sentence has; a sign alone is no word. */
export function wordsOf(sentence: string): number {
  return sentence.split(/\s+/).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
}

function blocksOf(markdown: string): Sentence[] {
  const blocks: { line: number; text: string }[] = [];
  let open = false;
  let fenced = false;
  for (const [index, raw] of markdown.split("\n").entries()) {
    const line = raw.trim();
    const fence = line.startsWith("```");
    if (fence) fenced = !fenced;
    const row = line.startsWith("|");
    if (fence || fenced || row || line === "") {
      open = false;
      if (!fence && !fenced && row) blocks.push(...cellsOf(line).map((text) => ({ line: index + 1, text })));
      continue;
    }
    const starts = /^([-*]|\d+\.|#+) /.test(line);
    const text = line.replace(/^([-*]|\d+\.|#+) /, "");
    if (open && !starts) blocks.at(-1)!.text += ` ${text}`;
    else blocks.push({ line: index + 1, text });
    open = !/^#+ /.test(line);
  }
  return blocks;
}

function cellsOf(row: string): string[] {
  if (/^[|\s:-]+$/.test(row)) return [];
  return row
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part.replace(/[\s.!?]/g, "_") : part.replace(/<[^>]*>|\*/g, "")))
    .join("")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
}

function split(text: string): string[] {
  const parts: string[] = [];
  for (const part of text.split(/(?<=[.!?][)"”]?)\s+/)) {
    if (parts.length > 0 && abbreviations.test(parts.at(-1)!)) parts[parts.length - 1] += ` ${part}`;
    else parts.push(part);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
