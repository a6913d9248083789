import * as core from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import type { Ownership } from "../contracts/ownership";
import { ownLabels } from "../naming";

/** A chart, one version of it, and what it is told. */
export interface HelmChartArgs {
  /** Name in the repository; an `oci://` address where `repository` is undefined. */
  readonly chart: string;
  /** URL of the chart repository. */
  readonly repository: string | undefined;
  /** Exact version: a new one is a change that a preview shows. */
  readonly version: string;
  /** A namespace that is there, or one of the chart's own with the Pod Security Standard that it is held to. */
  readonly namespace: pulumi.Input<string> | ChartNamespace;
  /** Name of the release, and of what the chart makes. @default the component's name */
  readonly releaseName?: string;
  readonly values: pulumi.Inputs;
  /** Seconds until the release counts as failed. @default 600 */
  readonly timeoutSeconds?: number;
}

/** A namespace that is made for a chart. */
export interface ChartNamespace {
  readonly name: string;
  readonly podSecurity: "restricted" | "baseline" | "privileged";
  readonly ownership: Ownership;
  /** What a person can do where somebody else has the namespace, as a sentence without its end. */
  readonly otherwise: string;
}

/**
 * A Helm chart at one version, and its namespace where it has one of its own. The release is atomic: one that does not
 * become ready in time is taken back, so that the next `up` starts from where this one did. Its objects wait until they
 * are ready before anything that depends on the component is made.
 */
export class HelmChart extends pulumi.ComponentResource {
  /** What others depend on. */
  readonly release: Release;
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: HelmChartArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:HelmChart", name, {}, opts);
    // What a component depends on is not handed down to what is in it.
    const inside = { parent: this, dependsOn: opts.dependsOn };
    const chartSpace = chartNamespace(args.namespace);
    this.namespace = chartSpace
      ? new core.Namespace(
          `${name}-namespace`,
          {
            metadata: {
              name: chartSpace.name,
              labels: {
                ...ownLabels,
                ...chartSpace.ownership.labels,
                "pod-security.kubernetes.io/enforce": chartSpace.podSecurity,
                "pod-security.kubernetes.io/warn": chartSpace.podSecurity,
              },
            },
          },
          { ...inside, ...chartSpace.ownership.guard(`${name}-namespace`, chartSpace.otherwise) },
        ).metadata.name
      : pulumi.output(args.namespace as pulumi.Input<string>);
    this.release = new Release(
      `${name}-release`,
      {
        name: args.releaseName ?? name,
        chart: args.chart,
        ...(args.repository ? { repositoryOpts: { repo: args.repository } } : {}),
        version: args.version,
        namespace: this.namespace,
        createNamespace: false,
        atomic: true,
        cleanupOnFail: true,
        timeout: args.timeoutSeconds ?? 600,
        maxHistory: 5,
        values: args.values,
      },
      inside,
    );
    this.registerOutputs({ namespace: this.namespace });
  }
}

function chartNamespace(given: HelmChartArgs["namespace"]): ChartNamespace | undefined {
  const isOwn = typeof given === "object" && given !== null && "podSecurity" in given;
  return isOwn ? (given as ChartNamespace) : undefined;
}
