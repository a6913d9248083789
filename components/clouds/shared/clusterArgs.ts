import type { Protection } from "../../contracts";

/** What every cluster is given besides its own settings. */
export interface ClusterArgs {
  /** `<project>-<operations.name>`: what the cluster and what belongs to it are called in their cloud; at most 53 characters. */
  readonly fullName: string;
  readonly stage: string;
  /** The namespace of the platform, for the identities of its pods. */
  readonly namespace: string;
  /** The public host names, for DNS records where the cloud keeps their zone. */
  readonly hostnames: readonly string[];
  /** Networks of clients that the load balancer lets in; an empty list lets everybody in. */
  readonly allowedSources: readonly string[];
  readonly protection: Protection;
  /** Repositories of the images that pods run, without tags: the nodes must be able to read them. */
  readonly images: readonly string[];
}
