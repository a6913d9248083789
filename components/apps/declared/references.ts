import { proposal } from "../../schema/nearest";

/** What is wrong with a reference to something of another app, after the value. */
export class Unusable {
  constructor(readonly message: string) {}
}

/** What the names of a used app's variables begin with: `shop/web-api` is `SHOP_WEB_API`. */
export function prefixOf(reference: string): string {
  const name = reference.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  return /^\d/.test(name) ? `APP_${name}` : name;
}

/** What to write in the place of a name that is not there. */
export function advice(wrong: string, known: readonly string[]): string {
  return known.length === 0 ? "there is no other; remove it" : proposal(wrong, known);
}
