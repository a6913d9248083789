import { secret, unknown } from "../marks";

/** Words of sentences: after `password:` they say something about it. */
const words = new Set(
  (
    "a an and any are as at be been but by can cannot can't could did do does doesn't for from given had has have here if in " +
    "into is isn't it its may might must needs no none not of on only or should so such than that the their then there these " +
    "this to too under until use used using was wasn't were what when where which while who will with without would you your " +
    "accepted allowed already authentication based changed check checks comes default defaults denied different disabled " +
    "empty enabled exists expected expired expires failed failure false file forbidden found generated generation hidden " +
    "ignored incorrect invalid key length like long looks manager masked match matches mismatch missing name names new nil null " +
    "number object off old optional policy redacted refers refused rejected removed required reset rotated rotation rule same " +
    "secret secrets set short string text token tokens true unauthorized undefined unknown unset value values valid wrong " +
    "yes password passwords unchanged changes change is: added updated deleted created stdin env prompt never always"
  ).split(" "),
);

/** Folders that machines keep files in: a path is no secret, what it leads to is. */
const relative = /^(?:\.{1,2}|~)\/[\w./-]{1,400}$/;
const path =
  /^(?:\.{0,2}\/)(?:app|data|dev|etc|home|mnt|opt|private|proc|root|run|secrets|srv|tmp|usr|var|Users)\/[\w./-]{1,400}$/;

/** Texts that only name where a secret comes from, or stand for one. */
const references: readonly RegExp[] = [
  /^\$\{[^}]{0,400}\}$|^\$\([\w.-]{1,200}\)$|^\$(?:[A-Z_][A-Z0-9_]{0,100}|[a-z_]{1,100});?$/,
  /^\{\{.{0,400}\}\}$|^<[\w .-]{1,100}>$|^%(?:s|v|q|\([\w.]{1,60}\)s|[A-Z_]{1,60}%)$/,
  /^(?:\*{2,100}|•{2,100}|x{3,100}|X{3,100}|\.{2,100}|…|-)$/,
  /^(?:urn:|op:\/\/|vault:|file:|env:|https?:\/\/|projects\/[\w-]{1,100}\/|arn:aws[\w-]{0,20}:)/,
  /^\(known\b/,
  /^(?:function|async|class|new|typeof|process\.env|os\.environ|pulumi|config|settings)\b/,
];

/** Whether a value under a key that names a secret is none: a word about it, a reference, a stand-in, nothing at all. */
export function opensNothing(value: string): boolean {
  if (value === "" || value.startsWith(secret) || value.startsWith(unknown)) return true;
  // Longer ones are none of these.
  if (value.length > 500) return false;
  const bare = value.replace(/[.,;:!?)\]}]{1,4}$/, "");
  if (words.has(bare.toLowerCase()) || bare === "") return true;
  return (
    path.test(bare) ||
    relative.test(bare) ||
    references.some((reference) => reference.test(value) || reference.test(bare))
  );
}

/** Whether a text looks as if nobody had thought it up: letters with digits, or letters of both cases, mixed. */
export function isRandom(text: string): boolean {
  if (/\d/.test(text) && /[A-Za-z]/.test(text)) return true;
  return /[a-z]/.test(text) && /[A-Z]/.test(text.slice(1));
}

/** What a text is in base64 (also of the URL kind); undefined where it is none of a text. */
export function decoded(text: string): string | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < 3) return undefined;
  try {
    const plain = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a text has none of them
    return /[\u0000-\u0008\u000e-\u001f]/.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}
