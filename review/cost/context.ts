import type { Resource } from "../../engine/resources/resource";
import { secret, unknown } from "../../engine/resources/resource";
import type { Inputs } from "./bill";
import type { Range } from "./model";
import { isQuantity, plus, range, zero } from "./range";
import { type Cloud, usage } from "./sheet";

/** A value of a resource that can be counted, or why not. */
export type Count = { readonly value: number } | { readonly why: string };

/**
 * What is known of a stack beside the resource that is being counted: its region, its nodes, what a person calls the part
 * that a resource is in.
 */
export class StackContext {
  readonly byUrn: ReadonlyMap<string, Resource>;
  readonly made: readonly Resource[];
  /** Cloud that the stack makes its cluster in; undefined where it runs on a cluster that exists. */
  readonly clusterOf: Cloud | undefined;
  readonly #regions: Readonly<Record<Cloud, string | undefined>>;

  constructor(resources: readonly Resource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    this.made = resources.filter(({ custom, read }) => custom && !read);
    const google = this.ofType("gcp:container/cluster:Cluster");
    const amazon = this.ofType("aws:eks/cluster:Cluster");
    this.clusterOf = google.length > 0 ? "google" : amazon.length > 0 ? "amazon" : undefined;
    this.#regions = {
      google: firstRegion(
        google.map(({ inputs }) => inputs?.location),
        this.ofType("pulumi:providers:gcp").map(({ inputs }) => inputs?.region),
      ),
      amazon: firstRegion(this.ofType("pulumi:providers:aws").map(({ inputs }) => inputs?.region)),
    };
  }

  ofType(type: string): Resource[] {
    return this.made.filter((resource) => resource.type === type);
  }

  /** Region of a resource: its own, else that of the stack. */
  regionOf(resource: Resource, cloud: Cloud): string | undefined {
    const { region, location } = (resource.inputs ?? {}) as Record<string, unknown>;
    return firstRegion([region, location]) ?? this.#regions[cloud];
  }

  /** Region of the stack's own cloud. */
  get region(): string | undefined {
    return this.clusterOf ? this.#regions[this.clusterOf] : (this.#regions.google ?? this.#regions.amazon);
  }

  /** Name of the outermost component, or the resource's own where it stands in none. */
  componentOf(resource: Resource): string {
    const seen = new Set<Resource>();
    let name = resource.name;
    for (let at = this.byUrn.get(resource.parent); at && !seen.has(at); at = this.byUrn.get(at.parent)) {
      seen.add(at);
      if (!at.custom && at.type !== "pulumi:pulumi:Stack") name = at.name;
    }
    return name;
  }

  /** Machines of all node pools on Google Cloud; undefined where a pool does not say how many it has. */
  get googleNodes(): Range | undefined {
    return this.ofType("gcp:container/nodePool:NodePool").reduce<Range | undefined>((sum, pool) => {
      const nodes = googlePoolNodes(pool);
      return sum && !("why" in nodes) ? plus(sum, nodes) : undefined;
    }, zero);
  }
}

/** The first text that names a region, or a zone of one. */
function firstRegion(...lists: readonly (readonly unknown[])[]): string | undefined {
  const name = lists
    .flat()
    .find((value) => typeof value === "string" && value !== unknown && value !== secret && value);
  return typeof name === "string" ? name.replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, "$1") : undefined;
}

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

/** Between the bounds of an autoscaler. */
export function scaled(least: number, most: number): Range {
  const { low, likely, high } = usage.nodes!;
  const at = (share: number) => least + (most - least) * share;
  return range(at(low), at(likely), at(high));
}

/** Zones that a regional pool has nodes in, unless it names them (https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters). */
const zonesOfRegion = 3;

/** Machines of a node pool of GKE. */
export function googlePoolNodes({ inputs }: Resource): Range | { readonly why: string } {
  const { autoscaling, nodeCount, initialNodeCount, nodeLocations, location } = (inputs ?? {}) as Inputs;
  const zones = zonesOf(nodeLocations, location);
  if (autoscaling && typeof autoscaling === "object") {
    const { totalMinNodeCount, totalMaxNodeCount, minNodeCount, maxNodeCount } = autoscaling;
    const total = totalMaxNodeCount !== undefined;
    const least = countOf((total ? totalMinNodeCount : minNodeCount) ?? 0, "autoscaling's least");
    const most = countOf(total ? totalMaxNodeCount : maxNodeCount, "autoscaling's most");
    if ("why" in least) return least;
    if ("why" in most) return most;
    if (total) return scaled(least.value, most.value);
    return zones ? scaled(least.value * zones, most.value * zones) : { why: "where its nodes are is not known" };
  }
  const hidden = unreadable(autoscaling, "autoscaling");
  if (hidden) return { why: hidden };
  const count = countOf(nodeCount ?? initialNodeCount, "nodeCount");
  if ("why" in count) return count;
  return zones ? range(count.value * zones) : { why: "where its nodes are is not known" };
}

function zonesOf(nodeLocations: unknown, location: unknown): number | undefined {
  if (Array.isArray(nodeLocations) && nodeLocations.length > 0) return nodeLocations.length;
  if (typeof location !== "string" || location === unknown || location === secret) return undefined;
  return /-[a-z]$/.test(location) ? 1 : zonesOfRegion;
}
