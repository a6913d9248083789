/** Fewer characters of a secret in base64 are found in too much that is none. */
const shortest = 12;

/** The spellings in which texts carry a known secret: as JSON, in addresses, as base64 and as hexadecimal digits. */
export function spellingsOf(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret);
  const quoted = inJson(secret);
  const encoded = [
    // Whole, whatever its length: a Secret of Kubernetes shows it so.
    bytes.toString("base64"),
    ...[0, 1, 2].map((shift) => behind(bytes, shift)).filter(({ length }) => length >= shortest),
  ];
  const spellings = [
    secret,
    quoted,
    inJson(quoted),
    encodeURIComponent(wellFormed(secret)),
    new URLSearchParams({ a: secret }).toString().slice(2),
    ...encoded,
    ...encoded.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    ...(bytes.length >= shortest ? [bytes.toString("hex")] : []),
  ];
  return new Set(spellings);
}

/** What base64 makes of a text behind so many other bytes, without the characters that its neighbours decide too. */
function behind(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
  const end = Math.floor(whole.length / 3) * 4;
  return whole.toString("base64").slice(shift === 0 ? 0 : 4, end);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
