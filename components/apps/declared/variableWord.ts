import { shortHash } from "../../naming";

/** Names of volumes are made of it, which have 63 characters. */
const longest = 40;

/** A variable's name as a part of names of objects: `session-secret` of `SESSION_SECRET`. Two of them stay different. */
export function variableWord(name: string): string {
  const word = name.toLowerCase().replaceAll("_", "-");
  const isPlain = /^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(name) && word.length <= longest;
  return isPlain ? word : `${word.replace(/^-+/, "").slice(0, longest - 11) || "x"}-${shortHash(name)}`;
}
