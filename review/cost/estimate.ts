import type { Resource } from "../../engine/resources/resource";
import { Bill, type Inputs, type Written } from "./bill";
import { StackContext } from "./context";
import * as amazon from "./kinds/amazon";
import * as amazonData from "./kinds/amazonData";
import * as google from "./kinds/google";
import * as googleData from "./kinds/googleData";
import * as kubernetes from "./kinds/kubernetes";
import type { Assumption, CostLine, Estimate, Unpriced } from "./model";
import { sum } from "./range";
import { type Cloud, freeTypes, sheetDate, sheets, usage } from "./sheet";

type Pricer = (bill: Bill, inputs: Inputs) => Written;

/** What costs something, by the token of its type. */
export const pricers: Readonly<Record<string, Pricer>> = {
  "gcp:container/cluster:Cluster": google.cluster,
  "gcp:container/nodePool:NodePool": google.nodePool,
  "gcp:compute/routerNat:RouterNat": google.nat,
  "gcp:compute/address:Address": google.address,
  "gcp:compute/subnetwork:Subnetwork": google.subnetwork,
  "gcp:dns/managedZone:ManagedZone": google.zone,
  "gcp:kms/cryptoKey:CryptoKey": google.cryptoKey,
  "gcp:sql/databaseInstance:DatabaseInstance": googleData.cloudSql,
  "gcp:redis/instance:Instance": googleData.memorystore,
  "aws:eks/cluster:Cluster": amazon.cluster,
  "aws:eks/nodeGroup:NodeGroup": amazon.nodeGroup,
  "aws:ec2/natGateway:NatGateway": amazon.natGateway,
  "aws:ec2/eip:Eip": amazon.address,
  "aws:ec2/vpcEndpoint:VpcEndpoint": amazon.endpoint,
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": amazon.imageCache,
  "aws:kms/key:Key": amazon.key,
  "aws:cloudwatch/logGroup:LogGroup": amazon.logGroup,
  "aws:rds/instance:Instance": amazonData.rds,
  "aws:elasticache/replicationGroup:ReplicationGroup": amazonData.replicationGroup,
  "kubernetes:core/v1:Service": kubernetes.service,
  "kubernetes:apps/v1:StatefulSet": kubernetes.statefulSet,
  "kubernetes:core/v1:PersistentVolumeClaim": kubernetes.volumeClaim,
  "kubernetes:core/v1:PersistentVolumeClaimPatch": kubernetes.volumeClaim,
  "kubernetes:helm.sh/v3:Release": kubernetes.release,
};

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
    sheet: { date: sheetDate, source: "review/cost/prices" },
    ...(context.region && { region: context.region }),
    ...(note && { note }),
    ...{ lines, unpriced, total: sum(lines.map(({ monthly }) => monthly)) },
    free: bills.flatMap(({ resource, freeBecause }) => (freeBecause ? [{ urn: resource.urn, why: freeBecause }] : [])),
    assumptions: assumptionsOf(lines),
  };
}

function billOf(resource: Resource, context: StackContext): Bill {
  const bill = new Bill(resource, context, cloudOf(resource, context));
  const free = freeType(resource.type);
  if (Object.hasOwn(pricers, resource.type)) {
    const inputs = bill.part(resource.inputs, "what it is made from", resource.type);
    if (inputs) pricers[resource.type]!(bill, inputs);
  } else if (free) bill.free(free);
  else bill.unpriced(resource.type, "this kind is in neither table; add it to estimate.ts or to prices/free.json");
  return bill;
}

/** Kubernetes objects cost what the cloud of their cluster takes. */
function cloudOf({ type }: Resource, { clusterOf }: StackContext): Cloud {
  if (type.startsWith("gcp:")) return "google";
  if (type.startsWith("aws:")) return "amazon";
  return clusterOf ?? "google";
}

/** Why a type is free; a `*` at the end of an entry stands for all of them. */
function freeType(type: string): string | undefined {
  const { types } = freeTypes;
  if (Object.hasOwn(types, type)) return types[type]!.why;
  const [rule] = Object.keys(types).filter((key) => key.endsWith("*") && type.startsWith(key.slice(0, -1)));
  return rule && types[rule]!.why;
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
