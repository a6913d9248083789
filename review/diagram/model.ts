/** Something that runs, stores or lets in. */
export interface Box {
  /** `app.kubernetes.io/name` and `component`, joined; `balancer`; or the name of a managed server. */
  readonly id: string;
  readonly title: string;
  /** What it is, a line each, two at most. */
  readonly details: readonly string[];
  /** `door` lets people in, `pods` run on, `once` ends, `data` is what must not be lost. */
  readonly role: "door" | "pods" | "once" | "data";
  /** Whether it runs in the cluster. */
  readonly inside: boolean;
}

/** An allowed connection; `from` is `internet` for clients of the whole world. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly number[];
}

/** The architecture of a stack: what runs where, and what connects to what. */
export interface Architecture {
  /** What the cluster is, and its node pools, a line each. */
  readonly cluster: { readonly title: string; readonly pools: readonly string[] };
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** Clients outside the cluster. */
export const internet = "internet";
/** The load balancer's box. */
export const balancer = "balancer";

/** A list whatever was given: a preview may know nothing of it yet. */
// biome-ignore lint/suspicious/noExplicitAny: parts of a NetworkPolicy
export function listOf(value: unknown): any[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "object" && entry !== null) : [];
}

/** The box of pods with these labels; of pods that an operator makes, those that it gives them. */
export function idOf(labels: Readonly<Record<string, string>>): string {
  if (labels["app.kubernetes.io/component"] === undefined)
    return Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join();
  return `${labels["app.kubernetes.io/name"]}-${labels["app.kubernetes.io/component"]}`;
}
