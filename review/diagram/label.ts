/** What a Mermaid label may hold as it is: letters, digits and marks that mean nothing to Mermaid, Markdown or HTML. */
const plain = /[^\p{L}\p{N} .,/+~×·…–-]/gu;

/**
 * A text as the inside of a quoted Mermaid label. Everything that Mermaid, its Markdown or the page could read as more
 * than text becomes Mermaid's own entity (`#60;`), and what shows nothing or turns the line is left out: a name can
 * neither end its label nor the fence that the graph stands in.
 *
 * @param most code points that are shown; longer texts end in `…`
 */
export function label(text: string, most = 60): string {
  const shown = [...text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, " ")];
  const cut = shown.length > most ? [...shown.slice(0, most - 1), "…"] : shown;
  return cut.join("").replace(plain, (character) => `#${character.codePointAt(0)};`);
}
