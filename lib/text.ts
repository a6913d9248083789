/**
 * A line cut into pieces of at most `width`, between words where there are some.
 * @param hang blanks before every piece but the first. @default those of the line, and two more
 */
export function wrapLine(line: string, width: number, hang = /^\s*/.exec(line)![0].length + 2): string[] {
  const indent = " ".repeat(Math.min(hang, Math.max(0, width - 20)));
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const at = space > indent.length ? space : width;
    pieces.push(rest.slice(0, at));
    rest = indent + rest.slice(at).trimStart();
  }
  return [...pieces, rest];
}

const codes = { bold: ["1", "22"], dim: ["2", "22"], yellow: ["33", "39"], red: ["31", "39"], green: ["32", "39"] };

/** Puts a text in a colour, or leaves it alone where colours are off. */
export function painter(colours: boolean): (colour: keyof typeof codes, text: string) => string {
  return (colour, text) => {
    const [on, off] = codes[colour];
    return colours && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
}
