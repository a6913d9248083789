import { stringify } from "yaml";
import { clearSecrets } from "../../../engine/record/masked";
import type { Plan } from "../../../engine/record/recorder";

/**
 * A plan as YAML that changes only when what is deployed changes: resources in the order of their URNs, secrets
 * masked, tags that stand for sources and the hashes made of them replaced. The golden files are this text.
 */
export function renderYaml(plan: Plan): string {
  const resources = plan.registrations.map(({ urn, protect, ignoreChanges, inputs }) => ({
    urn: withoutStack(urn),
    ...(protect ? { protect } : {}),
    ...(ignoreChanges.length > 0 ? { ignoreChanges } : {}),
    inputs: clearSecrets(inputs),
  }));
  const reads = plan.reads.map(({ urn, id }) => ({ urn: withoutStack(urn), id }));
  const text = { ...(reads.length > 0 ? { reads } : {}), resources, outputs: clearSecrets(plan.outputs) };
  return steady(stringify(text, { lineWidth: 0, sortMapEntries: true }));
}

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

function withoutStack(urn: string): string {
  return urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, "");
}

function steady(text: string): string {
  return text
    .replace(/src-[0-9a-f]{12}/g, "src-(sources)")
    .replace(/((?:migrate|roles|retire)-)[0-9a-f]{10}/g, "$1(hash)");
}
