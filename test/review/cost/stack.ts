import type { Resource } from "../../../engine/resources/resource";
import { estimate } from "../../../review/cost";
import type { Estimate, Range } from "../../../review/cost/model";

/** A resource as the program would register it. */
export function resource(type: string, inputs: unknown = {}, changes: Partial<Resource> = {}): Resource {
  const name = changes.name ?? type.split(":").pop()!;
  return {
    ...{ urn: `urn:pulumi:test::switchboard::${type}::${name}`, type, name, parent: "", custom: true },
    ...{ read: false, protect: false, dependencies: [], inputs },
    ...changes,
  };
}

/** What makes a stack one on Google Cloud; the cluster logs and measures nothing. */
export function onGoogle(region = "europe-west1", ...more: readonly Resource[]): Resource[] {
  const quiet = {
    loggingConfig: { enableComponents: [] },
    monitoringConfig: { enableComponents: ["SYSTEM_COMPONENTS"] },
  };
  return [resource("gcp:container/cluster:Cluster", { location: region, ...quiet }), ...more];
}

/** What makes a stack one on AWS. */
export function onAmazon(region = "eu-west-1", ...more: readonly Resource[]): Resource[] {
  return [
    resource("pulumi:providers:aws", { region }),
    resource("aws:eks/cluster:Cluster", { upgradePolicy: { supportType: "STANDARD" } }),
    ...more,
  ];
}

/** What the resources of one type cost in a stack, `[item, low, likely, high]` to the cent, and what has no price. */
export function billed(
  resources: readonly Resource[],
  type: string,
): { lines: unknown[]; unpriced: string[]; free: number } {
  return billedIn(estimate(resources), type);
}

export function billedIn(result: Estimate, type: string): { lines: unknown[]; unpriced: string[]; free: number } {
  const of = ({ urn }: { urn: string }) => urn.includes(`::${type}::`);
  return {
    lines: result.lines.filter(of).map(({ item, monthly }) => [item, ...cents(monthly)]),
    unpriced: result.unpriced.filter(of).map(({ what, why }) => `${what}: ${why}`),
    free: result.free.filter(of).length,
  };
}

/** To the cent, low, likely and high; one figure where they are one. */
export function cents({ low, likely, high }: Range): number[] {
  const all = [low, likely, high].map((value) => Math.round(value * 100 + 1e-6) / 100);
  return new Set(all).size === 1 ? all.slice(0, 1) : all;
}
