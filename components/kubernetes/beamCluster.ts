import * as pulumi from "@pulumi/pulumi";
import type { Destination, MountedFiles, PodIdentity } from "../contracts";
import { type ReleaseLabels, standardLabels } from "../naming";
import { distributionPort } from "./beamFlags";
import { generatedPassword } from "./passwords";
import { ServerTls } from "./serverTls";
import { clusterService } from "./service";
import { VersionedSecret } from "./versionedSecret";

/** What a cluster of BEAM nodes is given. */
export interface BeamClusterArgs {
  readonly namespace: pulumi.Input<string>;
  readonly identity: PodIdentity;
  readonly release: ReleaseLabels;
  /** The name that the certificate of its nodes is for. */
  readonly service: string;
  /** A new generation splits old and new pods into two clusters for the length of one rollout. */
  readonly cookieGeneration: number;
}

/** What makes pods of the BEAM one cluster. */
export interface BeamCluster {
  /** The cookie, under the key `cookie`. */
  readonly cookie: VersionedSecret;
  /** `ca.crt`, `tls.crt` and `tls.key` of its nodes and consoles; no other server's clients trust this authority. */
  readonly nodeTls: MountedFiles["source"];
  /** A name that resolves to every pod, also to one that is not ready yet: a node joins before it serves. */
  readonly members: pulumi.Output<string>;
  /** Where the nodes connect to each other. */
  readonly distribution: Destination;
  /** What must be there before the first node, beside the cookie. */
  readonly ready: readonly pulumi.Resource[];
}

/**
 * What makes pods of the BEAM one cluster: a cookie, certificates by which nodes and consoles prove themselves to each
 * other, and a headless Service by which they find each other.
 */
export function beamCluster(
  name: string,
  { namespace, identity, release, service, cookieGeneration }: BeamClusterArgs,
  opts: pulumi.CustomResourceOptions,
): BeamCluster {
  const labels = standardLabels(identity, release);
  const cookie = new VersionedSecret(
    `${name}-cookie`,
    {
      namespace,
      labels,
      values: { cookie: generatedPassword(`${name}-cookie`, cookieGeneration, opts).result },
    },
    opts,
  );
  const nodeTls = new ServerTls(`${name}-tls`, { namespace, labels, service, mutual: true }, opts);
  const headless = clusterService(
    { name: `${name}-headless`, namespace, identity, release, ports: { dist: distributionPort }, headless: true },
    opts,
  );
  return {
    cookie,
    nodeTls: nodeTls.files,
    members: pulumi.interpolate`${headless.metadata.name}.${namespace}.svc.cluster.local`,
    distribution: { pods: identity, port: distributionPort },
    ready: [headless],
  };
}
