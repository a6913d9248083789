import type { Difference, Failure } from "../provider";
import { isUnknown, type Properties, reveal } from "../values";
import type { MutableData } from "./replacement";

/** The provider's settings that the local plugin honours. */
export interface KubernetesSettings {
  /** Text or path of a kubeconfig. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** For objects that name no namespace; default: the context's, else `default`. */
  readonly namespace: string | undefined;
  readonly mutable: MutableData;
  /** Treat objects in a cluster that cannot be reached as deleted. */
  readonly deleteUnreachable: boolean;
}

/** Reads the settings; booleans travel as text. */
export function readSettings(raw: Properties): KubernetesSettings {
  const settings = reveal(raw);
  const text = (key: string) => (typeof settings[key] === "string" && settings[key] !== "" ? settings[key] : undefined);
  const flag = (key: string) => String(settings[key] ?? "false") === "true";
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    namespace: text("namespace"),
    mutable: { configMaps: flag("enableConfigMapMutable"), secrets: flag("enableSecretMutable") },
    deleteUnreachable: flag("deleteUnreachable") || process.env.PULUMI_K8S_DELETE_UNREACHABLE === "true",
  };
}

/** Settings that this plugin cannot do. */
export function settingsProblems(raw: Properties): Failure[] {
  const settings = reveal(raw);
  const problems: Failure[] = [];
  if (String(settings.enableServerSideApply ?? "true") === "false") {
    problems.push({
      property: "enableServerSideApply",
      reason: "the local kubernetes plugin always applies on the server's side; leave it out or set it to true",
    });
  }
  for (const property of ["cluster", "renderYamlToDirectory"]) {
    if (settings[property]) {
      problems.push({ property, reason: "the local kubernetes plugin does not know it; name the cluster by context" });
    }
  }
  if (String(settings.strictMode ?? "false") === "true") {
    for (const property of ["kubeconfig", "context"]) {
      if (!settings[property] && !isUnknown(settings[property])) {
        problems.push({ property, reason: "it is missing, and strictMode forbids to take it from the environment" });
      }
    }
  }
  return problems;
}

/**
 * Only another cluster replaces the provider and with it every object made through it: a kubeconfig changes with
 * every renewed certificate.
 */
export function settingsDifference(olds: Properties, news: Properties): Difference {
  const [before, now] = [reveal(olds.clusterIdentifier ?? null), reveal(news.clusterIdentifier ?? null)];
  const differs = before !== null && now !== null && before !== now;
  return { properties: differs ? new Map([["clusterIdentifier", { kind: "update", replace: true }]]) : new Map() };
}
