import { isNewer, lineOf, newestOf } from "../../components/calendar/order";
import { imageReference } from "../../components/registry/reference";
import { type Product, products, systemIn } from "./products";

/** What the name of an image tells. */
export interface ReadImage {
  /** Undefined for an image of a product that is not known here. */
  readonly product?: Product;
  /** The version in the tag, and all that stands behind it: `17.6` and `bookworm`. */
  readonly version?: string;
  readonly suffix?: string;
  readonly line?: string;
  readonly system?: { readonly name: string; readonly line: string };
  /** Why the name tells no version. */
  readonly problem?: string;
}

/** `17.6-bookworm`: numbers, then words. */
const form = /^v?(\d+(?:\.\d+)*)(?:-(.+))?$/;

/** What an image's name tells of its product and version; the image itself is not asked. */
export function readImage(reference: string): ReadImage {
  const { name, tag, digest } = imageReference(reference);
  const repository = name.split("/").at(-1) ?? "";
  const product = products.find((one) => one.repository.test(repository));
  const ofDebian = repository === "debian";
  const system = tag === undefined ? undefined : systemIn(tag, ofDebian);
  if (!product && !ofDebian) return { ...(system && { system }) };
  if (tag === undefined) {
    const named = digest ? "it is named by its digest only" : "it has no tag";
    const problem = `${named}, which tells no version; write the tag as well: ${repository}:VERSION${digest ? "@sha256:…" : ""}`;
    return { ...(product && { product }), problem };
  }
  if (!product) return system ? { system } : { problem: `its tag ${tag} names no release of Debian` };
  const [, version, suffix = ""] = form.exec(tag) ?? [];
  const line = version && lineOf(version, product.numbers);
  if (!version || !line) {
    const problem = `its tag ${tag} is no version of ${product.name}; use one like ${Object.keys(product.table.lines).at(-1)}`;
    return { product, ...(system && { system }), problem };
  }
  return { product, version, suffix, line, ...(system && { system }) };
}

/** What a registry's tags say of an image: the newest of its line, and the newest line to go to. */
export interface NewerTags {
  readonly newest?: string;
  readonly next?: string;
}

/** Looks for newer versions among tags; only those that are spelled alike count, with the same words behind. */
export function newerTags({ product, version, suffix, line }: ReadImage, tags: readonly string[]): NewerTags {
  if (!product || !version || !line) return {};
  const numbers = version.split(".").length;
  const alike = tags.flatMap((tag) => {
    const [, found, words = ""] = form.exec(tag) ?? [];
    return found && words === suffix && found.split(".").length === numbers ? [found] : [];
  });
  const ofLine = alike.filter((one) => lineOf(one, product.numbers) === line);
  const newest = newestOf([version, ...ofLine]);
  const lines = alike.flatMap((one) => lineOf(one, product.numbers) ?? []);
  return { ...(newest && { newest }), ...optional("next", newestLine(product, line, lines)) };
}

/** The newest of some lines that somebody on `line` would go to. */
export function newestLine({ goesTo }: Product, line: string, lines: readonly string[]): string | undefined {
  return newestOf(lines.filter((one) => isNewer(one, line) && (goesTo?.(line, one) ?? true)));
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string>>;
}
