/**
 * Splits a command line into words as a POSIX shell does: blanks separate, quotes and backslashes keep. Pulumi's
 * `nodeargs` is such a line. There is no expansion of variables or globs.
 * @throws Error when a quote is not closed
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quote) {
      if (char === quote) quote = undefined;
      else if (char === "\\" && quote === '"' && /["\\$`]/.test(line[i + 1] ?? "")) word += line[++i]!;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + (char === "\\" && i + 1 < line.length ? line[++i]! : char);
    }
  }
  if (quote) throw new Error(`nodeargs: a quote ${quote} is not closed in: ${line}`);
  if (word !== undefined) words.push(word);
  return words;
}
