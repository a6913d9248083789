import { clearSecrets } from "../../../engine/record/masked";
import type { Plan } from "../../../engine/record/plan";

/** A plan as a value of JSON: everything that was recorded, secrets masked. */
export function jsonOf(stack: string, notes: readonly string[], plan: Plan): object {
  const { registrations, reads, warnings, outputs } = plan;
  const resources = registrations.map(({ order: _, ...entry }) => ({ ...entry, inputs: clearSecrets(entry.inputs) }));
  const offline = { asked: "nobody: no cloud, no cluster, no state", replaced: notes };
  return { stack, offline, warnings, counts: counts(plan), resources, reads, outputs: clearSecrets(outputs) };
}

/** How many resources of what. */
export interface Counts {
  readonly resources: number;
  readonly components: number;
  readonly protected: number;
  /** By package: `kubernetes`, `gcp` … */
  readonly packages: Readonly<Record<string, number>>;
}

export function counts({ registrations }: Plan): Counts {
  const packages: Record<string, number> = {};
  for (const { custom, type } of registrations) {
    const owner = type.startsWith("pulumi:providers:") ? "providers" : type.split(":")[0]!;
    if (custom) packages[owner] = (packages[owner] ?? 0) + 1;
  }
  const components = registrations.filter(({ custom }) => !custom).length;
  return {
    resources: registrations.length - components,
    components,
    protected: registrations.filter(({ protect }) => protect).length,
    packages,
  };
}
