import type { CustomResourceOptions } from "@pulumi/pulumi";

/** Tells what this stack has in a cluster from what others have there. */
export interface Ownership {
  readonly labels: Readonly<Record<string, string>>;
  /** Options of the resource `name` that refuse what is there already and not this stack's; `otherwise` says what to do. */
  readonly guard: (name: string, otherwise: string) => Pick<CustomResourceOptions, "hooks">;
}
