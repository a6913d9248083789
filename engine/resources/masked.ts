import { secretMark, secretSignature, unknownValue } from "../../lib/engineValues";
import { secret, unknown } from "./resource";

/**
 * A value with every secret as `[secret]` and everything unknown as `[unknown]`, whichever mark it came with: that of the
 * engine and of state files, that of the recorder, or the CLI's own words.
 */
export function masked(value: unknown): unknown {
  if (typeof value === "string") return value.includes(unknownValue) ? unknown : value;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if (secret in value) return secret;
  const mark = (value as Record<string, unknown>)[secretSignature];
  if (mark === secretMark) return secret;
  // An output of the program in a plan; what else is marked is an asset, an archive or a reference.
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, masked(entry)]));
}
