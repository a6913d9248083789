/** The class that gives a name its colour, the same in the pages of the server and in the chat. */
export function hueOf(/** @type {string} */ name) {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return `hue-${sum % 8}`;
}

/** The letter in the circle. */
export function initialOf(/** @type {string} */ name) {
  return ([...name.trim()][0] ?? "?").toUpperCase();
}
