import { stringify } from "yaml";
import { clearSecrets } from "../../engine/record/masked";
import type { Plan } from "../../engine/record/plan";

/**
 * A plan as YAML that changes only when what is deployed changes: resources in the order of their URNs, secrets
 * masked, tags that stand for sources and the hashes made of them replaced. The golden files are this text.
 */
export function render(plan: Plan): string {
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

function withoutStack(urn: string): string {
  return urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, "");
}

function steady(text: string): string {
  return text
    .replace(/src-[0-9a-f]{12}/g, "src-(sources)")
    .replace(/((?:migrate|roles|retire)-)[0-9a-f]{10}/g, "$1(hash)");
}
