/** Longest line that is kept whole, in characters; of a longer one the rest is left out. */
const longest = 1024 * 1024;

/**
 * The lines of a stream of bytes. A character may be split over chunks, a line over many; the last line needs no end.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      yield rest + text.slice(from, end);
      rest = "";
      from = end + 1;
    }
    if (rest.length < longest) rest += text.slice(from);
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
