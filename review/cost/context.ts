import type { MadeCluster } from "../../components/clouds/shared/facts/landscape";
import { plus, zero } from "../../components/clouds/shared/facts/range";
import { cloudOfType, factsOf } from "../../components/facts";
import { type Resource, secret, unknown } from "../../engine/resources/resource";
import { scaled } from "./assumptions";
import type { Range } from "./model";

/**
 * What is known of a stack beside the resource that is being counted: its region, its nodes, what a person calls the part
 * that a resource is in. Clouds are told apart by the name of their Pulumi package.
 */
export class StackContext {
  readonly byUrn: ReadonlyMap<string, Resource>;
  readonly made: readonly Resource[];
  /** Cloud that the stack makes its cluster in; undefined where it runs on a cluster that exists. */
  readonly clusterOf: string | undefined;
  /** What is known of that cluster. */
  readonly cluster: MadeCluster | undefined;
  readonly #clusters: readonly Resource[];

  constructor(resources: readonly Resource[]) {
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    this.made = resources.filter(({ custom, read }) => custom && !read);
    this.#clusters = this.made.filter(({ type }) => factsOf(type)?.cluster);
    const [cluster] = this.#clusters;
    this.clusterOf = cluster && cloudOfType(cluster.type);
    this.cluster = cluster && factsOf(cluster.type)?.cluster;
  }

  ofType(type: string): Resource[] {
    return this.made.filter((resource) => resource.type === type);
  }

  /** Region of a resource: its own, else that of the stack in the cloud, if it is in one. */
  regionOf(resource: Resource, cloud: string | undefined): string | undefined {
    const { region, location } = (resource.inputs ?? {}) as Record<string, unknown>;
    return firstRegion([region, location]) ?? (cloud === undefined ? undefined : this.#regionIn(cloud));
  }

  /** Region of the stack's own cloud. */
  get region(): string | undefined {
    if (this.clusterOf) return this.#regionIn(this.clusterOf);
    const clouds = this.made.flatMap(({ type }) => /^pulumi:providers:(.+)$/.exec(type)?.slice(1) ?? []);
    return clouds.map((cloud) => this.#regionIn(cloud)).find((region) => region !== undefined);
  }

  /** Where the cluster is, else what the cloud's provider was set up with. */
  #regionIn(cloud: string): string | undefined {
    const clusters = this.#clusters.filter(({ type }) => cloudOfType(type) === cloud);
    return firstRegion(
      clusters.map(({ inputs }) => inputs?.location),
      this.ofType(`pulumi:providers:${cloud}`).map(({ inputs }) => inputs?.region),
    );
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

  /** Machines of all node pools whose count others depend on; undefined where one does not say how many it has. */
  get machines(): Range | undefined {
    return this.made.reduce<Range | undefined>((sum, resource) => {
      const nodes = factsOf(resource.type)?.machines?.count?.(resource, scaled);
      if (!nodes) return sum;
      return sum && !("why" in nodes) ? plus(sum, nodes) : undefined;
    }, zero);
  }
}

/** The first text that names a region, or a zone of one. Buckets of Google Cloud name theirs in capitals. */
function firstRegion(...lists: readonly (readonly unknown[])[]): string | undefined {
  const name = lists
    .flat()
    .find((value) => typeof value === "string" && value !== unknown && value !== secret && value);
  return typeof name === "string" ? name.toLowerCase().replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, "$1") : undefined;
}
