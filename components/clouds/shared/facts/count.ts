import { secret, unknown } from "../../../../lib/masking/marks";
import { isQuantity } from "./range";

/** A value of a resource that can be counted, or why not. */
export type Count = { readonly value: number } | { readonly why: string };

/** Why a value cannot be read, if that is so. */
export function unreadable(value: unknown, name: string): string | undefined {
  if (value === unknown) return `${name} is not known before an up`;
  return value === secret ? `${name} is a secret` : undefined;
}

/** A number, also where it is written as text. */
export function countOf(value: unknown, name: string): Count {
  const why = unreadable(value, name);
  if (why) return { why };
  if (value === undefined || value === null) return { why: `${name} is not given` };
  const number = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return isQuantity(number) ? { value: number } : { why: `${name} is ${show(value)}, which is no quantity` };
}

/** Whether a value is a number above a limit. */
export function above(value: unknown, limit: number): boolean {
  const count = countOf(value, "");
  return "value" in count && count.value > limit;
}

/** A value as a word of a sentence or of an item: a text as it is. */
export function word(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 60) : show(value);
}

/** A value in a sentence, short. */
export function show(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)) as string;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
