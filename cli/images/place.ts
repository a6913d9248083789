import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { parse } from "yaml";
import { clusterEnvironment, kubeconfigFiles } from "../../components/kubernetes/access";
import { repository } from "../../lib/paths";
import type { Place } from "./loadPlan";

/** A place with the way to it. */
export interface FoundPlace extends Place {
  /** Path of the one kubeconfig that the settings name; else kubectl's own rule holds. */
  readonly kubeconfig?: string;
}

interface Named {
  readonly name?: unknown;
  readonly context?: {
    readonly cluster?: unknown;
    readonly extensions?: readonly { readonly extension?: { provider?: unknown } }[];
  };
  readonly cluster?: { readonly server?: unknown };
}

/**
 * Where a stack on an existing cluster goes: the context that its settings name, else the kubeconfig's current one, with
 * what the kubeconfig says of it. Empty for a cluster that the program itself makes.
 */
export function placeOf(cluster: unknown): FoundPlace {
  const { kind = "existing", context, kubeconfig } = (cluster ?? {}) as Record<string, unknown>;
  if (kind !== "existing") return {};
  const named = typeof kubeconfig === "string" && kubeconfig !== "" ? kubeconfig : undefined;
  const paths = kubeconfigFiles(named, clusterEnvironment(repository, homedir(), process.env));
  const files = paths
    .filter(existsSync)
    .map((file) => (parse(readFileSync(file, "utf8")) ?? {}) as Record<string, unknown>);
  // As kubectl reads it: of several files the first that says something counts.
  const current = files.map((file) => file["current-context"]).find((name) => typeof name === "string" && name !== "");
  const name = typeof context === "string" ? context : (current as string | undefined);
  const entry = (list: string, wanted: unknown) =>
    files
      .flatMap((file) => (Array.isArray(file[list]) ? (file[list] as Named[]) : []))
      .find((candidate) => candidate?.name === wanted);
  const found = entry("contexts", name)?.context;
  const server = entry("clusters", found?.cluster)?.cluster?.server;
  const provider = found?.extensions
    ?.map(({ extension }) => extension?.provider)
    .find((text) => typeof text === "string");
  return {
    ...(name !== undefined && { context: name }),
    ...(typeof server === "string" && { server }),
    ...(provider !== undefined && { provider: String(provider) }),
    ...(named !== undefined && { kubeconfig: paths[0]! }),
  };
}
