import { stringify } from "yaml";
import { type Plan, secretKey } from "./plan";

/**
 * A plan as text that changes only when what is deployed changes: resources in the order of their URNs, secrets and
 * generated values masked, tags that stand for sources and the hashes made of them replaced.
 */
export function render(plan: Plan): string {
  const resources = plan.registrations.map(({ urn, protect, ignoreChanges, inputs }) => ({
    urn: urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, ""),
    ...(protect ? { protect } : {}),
    ...(ignoreChanges.length > 0 ? { ignoreChanges } : {}),
    inputs: masked(inputs),
  }));
  return steady(stringify({ resources, outputs: masked(plan.outputs) }, { lineWidth: 0, sortMapEntries: true }));
}

function steady(text: string): string {
  return text
    .replace(/src-[0-9a-f]{12}/g, "src-(sources)")
    .replace(/((?:migrate|roles|retire)-)[0-9a-f]{10}/g, "$1(hash)");
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return secretKey;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, masked(entry)]));
}
