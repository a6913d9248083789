import { alpine } from "../../components/calendar/alpine";
import { debian } from "../../components/calendar/debian";
import { fromTable, newerLines, type VersionFact } from "../../components/clouds/shared/versions";
import { repositoryOf } from "../../components/registry/reference";
import { debianNames } from "./products";
import { newerTags, newestLine, type ReadImage, readImage } from "./tags";

/** An image that a stack names, and where. */
export interface NamedReference {
  /** `edge.image`, `apps/panel/Dockerfile` */
  readonly where: string;
  readonly reference: string;
}

/** Asks a registry for the tags of a repository. @throws Error that says why there is no answer */
export type TagsOf = (reference: string) => Promise<readonly string[]>;

/**
 * The versions in the names of images: of each product one fact, and one of the systems below them. Images of products
 * that are not known here say nothing.
 * @param tagsOf undefined where no registry is to be asked
 */
export async function imageFacts(
  images: readonly NamedReference[],
  tagsOf: TagsOf | undefined,
  now: Date,
): Promise<VersionFact[]> {
  const read = images.map((image) => ({ ...image, read: readImage(image.reference) }));
  const wanted = grouped(
    read.filter((one) => one.read.product || one.read.problem),
    ({ reference, read }) => `${repositoryOf(reference)} ${read.version ?? reference} ${read.suffix}`,
  );
  const facts = await Promise.all(wanted.map((same) => productFact(same, tagsOf, now)));
  const systems = grouped(
    read.flatMap((one) => (one.read.system ? [{ where: one.where, ...one.read.system }] : [])),
    ({ name, line }) => `${name} ${line}`,
  );
  return [...facts, ...systems.map((same) => systemFact(same, now))];
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return [...groups.values()];
}

type Seen = NamedReference & { readonly read: ReadImage };

const places = (all: readonly { readonly where: string }[]) => [...new Set(all.map(({ where }) => where))].join(", ");

async function productFact(same: [Seen, ...Seen[]], tagsOf: TagsOf | undefined, now: Date): Promise<VersionFact> {
  const [{ reference, read }] = same;
  const { product, version, line, problem } = read;
  const setting = places(same);
  const what = `${product?.name ?? "Debian"} (image)`;
  if (!product || !version || !line)
    return { what, setting, sources: [], notes: problem ? [`${setting}: ${problem}`] : [] };
  const known = fromTable(product.table, line, now);
  const told: AskedTags = tagsOf ? await asked(reference, tagsOf) : { notes: [] };
  const newer = told.tags ? newerTags(read, told.tags) : {};
  const next = newer.next ?? newestLine(product, line, newerLines(product.table, line, now));
  return {
    ...{ ...known, what, now: version, setting },
    ...{ ...newer, ...(next && { next }) },
    sources: [...(told.tags ? ["registry"] : []), ...known.sources],
    notes: [...known.notes, ...told.notes],
  };
}

interface AskedTags {
  readonly tags?: readonly string[];
  readonly notes: readonly string[];
}

async function asked(reference: string, tagsOf: TagsOf): Promise<AskedTags> {
  try {
    return { tags: await tagsOf(reference), notes: [] };
  } catch (error) {
    return { notes: [`tags of ${repositoryOf(reference)}: ${(error as Error).message.split("\n")[0]}`] };
  }
}

function systemFact(
  same: [{ where: string; name: string; line: string }, ...{ where: string }[]],
  now: Date,
): VersionFact {
  const [{ name, line }] = same;
  const table = name === "Debian" ? debian : alpine;
  // Names have no numbers to sort by: the table is in order.
  const later = name === "Debian" ? debianNames.slice(debianNames.indexOf(line) + 1) : newerLines(table, line, now);
  const next = later.filter((one) => fromTable(table, one, now).support).at(-1);
  return {
    ...fromTable(table, line, now),
    what: `${name} below images`,
    now: line,
    ...(next && { next }),
    setting: places(same),
  };
}
