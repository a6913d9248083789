/** A text as rules read it: without what nobody sees, or without line ends, and where its characters were. */
export interface View {
  readonly text: string;
  /** Where a character of it stood in the text that it was made of; undefined where nothing was taken out. */
  readonly places?: Int32Array;
  /** Places in it where something was taken out, in order. */
  readonly breaks: readonly number[];
}

/**
 * What terminals make colours, links and titles of (ECMA-48), and characters that show nothing: in the middle of a secret
 * they would hide it.
 */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what has to go
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|\u001b\][^\u0007\u001b]{0,2048}(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]|[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g;

/** A line end between two characters of a token, with what a shell, an indentation or a quotation puts around it. */
const wrap = /(?<=[A-Za-z0-9_+/=.,:~$-])(?:\\?\r?\n[ \t>|│]{0,200})(?=[A-Za-z0-9_+/=.,:~$-])/g;

/** The text as it is read: without colours and what shows nothing. */
export function visible(text: string): View {
  return text.search(unseen) < 0 ? { text, breaks: [] } : without(text, unseen);
}

/** The text as if no token had been broken over two lines; undefined where there is nothing to join. */
export function joined(text: string): View | undefined {
  if (!text.includes("\n")) return undefined;
  const view = without(text, wrap);
  return view.breaks.length > 0 ? view : undefined;
}

function without(text: string, pattern: RegExp): View {
  const pieces: string[] = [];
  const breaks: number[] = [];
  const places = new Int32Array(text.length + 1);
  let done = 0;
  let length = 0;
  const take = (to: number) => {
    pieces.push(text.slice(done, to));
    for (let at = done; at < to; at++) places[length++] = at;
  };
  pattern.lastIndex = 0;
  for (const match of text.matchAll(pattern)) {
    take(match.index);
    done = match.index + match[0].length;
    breaks.push(length);
  }
  take(text.length);
  places[length] = text.length;
  return { text: pieces.join(""), places: places.subarray(0, length + 1), breaks };
}
