import { factsOf } from "../../components/facts";
import { kindOf, type Resource, unknown } from "../../engine/resources/resource";
import { type Arrow, type Box, idOf, listOf } from "./model";

/** Clouds speak HTTPS to those who use a bucket. */
const port = 443;

/** The buckets of the apps, and which pods use one: those that have its name in a variable. */
export function bucketsOf(resources: readonly Resource[]): { boxes: Box[]; arrows: Arrow[] } {
  const buckets = resources.flatMap(({ type, inputs }) => {
    const known = factsOf(type)?.bucket;
    const name = known?.name(inputs);
    return known && typeof name === "string" && name !== unknown ? [{ product: known.product, name }] : [];
  });
  if (buckets.length === 0) return { boxes: [], arrows: [] };
  const boxes = buckets.map(({ product, name }): Box => {
    return { id: idOfBucket(name), title: `bucket · ${product}`, details: [name], role: "data", inside: false };
  });
  const names = new Set(buckets.map(({ name }) => name));
  return { boxes, arrows: resources.flatMap((resource) => arrowsOf(resource, names)) };
}

const idOfBucket = (name: string) => `bucket-${name}`;

function arrowsOf({ type, inputs }: Resource, names: ReadonlySet<string>): Arrow[] {
  if (!type.startsWith("kubernetes:") || !["Deployment", "CronJob"].includes(kindOf(type))) return [];
  const template = inputs.spec?.jobTemplate?.spec?.template ?? inputs.spec?.template;
  const labels = template?.metadata?.labels;
  if (!labels) return [];
  const values = listOf(template.spec?.containers).flatMap(({ env }) => listOf(env).map(({ value }) => value));
  return values
    .filter((value) => names.has(value))
    .map((value) => ({ from: idOf(labels), to: idOfBucket(value), ports: [port] }));
}
