import { sum } from "../../components/clouds/shared/facts/range";
import { cloudOfType, factsOf } from "../../components/facts";
import type { Resource } from "../../engine/resources/resource";
import { ResourceBill } from "./bill";
import { StackContext } from "./context";
import type { Assumption, CostLine, Estimate, Unpriced } from "./model";
import { sheetDate, sheets, usage } from "./sheet";

/**
 * What a stack costs a month. Everything that a provider keeps is priced, free with a reason, or named among what has no
 * price; what is only looked up belongs to somebody else. It asks nobody and throws nothing, whatever the resources hold.
 *
 * @param resources a stack that is, or one that would be
 */
export function estimate(resources: readonly Resource[]): Estimate {
  const context = new StackContext(resources);
  const bills = context.made.map((resource) => billOf(resource, context));
  const lines = bills.flatMap((bill) => bill.lines).sort(byPlace);
  const unpriced = bills.flatMap((bill) => bill.missing).sort(byPlace);
  const note = noteOf(context, lines, unpriced);
  return {
    currency: "USD",
    sheet: { date: sheetDate, source: "components/clouds/*/prices.json" },
    ...(context.region && { region: context.region }),
    ...(note && { note }),
    ...{ lines, unpriced, total: sum(lines.map(({ monthly }) => monthly)) },
    free: bills.flatMap(({ resource, freeBecause }) => (freeBecause ? [{ urn: resource.urn, why: freeBecause }] : [])),
    assumptions: assumptionsOf(lines),
  };
}

function billOf(resource: Resource, context: StackContext): ResourceBill {
  const bill = new ResourceBill(resource, context, cloudOfType(resource.type) ?? context.clusterOf);
  const price = factsOf(resource.type)?.price;
  if (typeof price === "function") {
    const inputs = bill.part(resource.inputs, "what it is made from", resource.type);
    if (inputs) price(bill, inputs);
  } else if (price) bill.free(price.why);
  else bill.unpriced(resource.type, "nobody has said what it costs; give the facts of this type a price");
  return bill;
}

function noteOf({ clusterOf, made }: StackContext, lines: readonly unknown[], unpriced: readonly unknown[]) {
  if (clusterOf || made.length === 0) return undefined;
  const rest = unpriced.length > 0 ? "; what it asks of that cluster has no price here" : "";
  return lines.length === 0
    ? `runs on a cluster that exists: the stack pays for nothing by itself${rest}`
    : `runs on a cluster that exists, which is on another bill${rest}`;
}

/** By component, then by resource, in the order that a resource's lines were written in. */
function byPlace(a: CostLine | Unpriced, b: CostLine | Unpriced): number {
  if (a.component !== b.component) return a.component < b.component ? -1 : 1;
  return a.urn === b.urn ? 0 : a.urn < b.urn ? -1 : 1;
}

function assumptionsOf(lines: readonly CostLine[]): Assumption[] {
  const autoscaled = lines.some(({ item, quantity }) => item.startsWith("machine/") && quantity.low !== quantity.high);
  const names = new Set([...(autoscaled ? ["nodes"] : []), ...lines.flatMap((line) => line.usage ?? [])]);
  return [...names].sort().map((name) => ({ name, ...usage[name]! }));
}

/** The address and the kind of every source that lines of an estimate are from. */
export function sourcesOf({
  lines,
}: Estimate): { readonly url: string; readonly kind: "copy" | "second"; readonly asOf?: string }[] {
  const urls = new Set(lines.map(({ source }) => source));
  const all = Object.values(sheets).flatMap(({ sources }) => Object.values(sources));
  return [...urls].map((url) => {
    const found = all.filter((source) => source.url === url);
    const second = found.find(({ kind }) => kind === "second") ?? found[0]!;
    return { url, kind: second.kind, ...(second.asOf && { asOf: second.asOf }) };
  });
}
