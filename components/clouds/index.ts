import type { Cluster, Protection } from "../contracts";
import { fullNameOf } from "../naming";
import { imagesIn } from "../schema/values/image";
import type { ClusterSettings, Settings } from "../settings";

/** What every cluster is given besides its own settings. */
export interface ClusterArgs {
  /** `<project>-<operations.name>`: what the cluster and what belongs to it are called in their cloud; at most 53 characters. */
  readonly fullName: string;
  readonly stage: string;
  /** The namespace of the platform, for the identities of its pods. */
  readonly namespace: string;
  /** The public host names, for DNS records where the cloud keeps their zone. */
  readonly hostnames: readonly string[];
  /** Networks of clients that the public balancer lets in; an empty list lets everybody in. */
  readonly allowedSources: readonly string[];
  readonly protection: Protection;
  /** Repositories of the images that pods run, without tags: the nodes must be able to read them. */
  readonly images: readonly string[];
}

type Build<S> = (settings: S, args: ClusterArgs) => Promise<Cluster>;

/** The kinds of cluster. Each is loaded only when the stack chose it, so that no other cloud's SDK is. */
const clusterKinds: { [K in ClusterSettings["kind"]]: Build<Extract<ClusterSettings, { kind: K }>> } = {
  existing: async (settings) => new (await import("./existing/cluster")).ExistingCluster("cluster", settings),
  gke: async (settings, args) => new (await import("./gcp/cluster")).GkeCluster("cluster", settings, args),
  eks: async (settings, args) => new (await import("./aws/cluster")).EksCluster("cluster", settings, args),
};

/** Builds, or finds, the cluster that the settings chose. */
export async function createCluster(settings: Settings, protection: Protection): Promise<Cluster> {
  const build = clusterKinds[settings.cluster.kind] as Build<ClusterSettings>;
  return build(settings.cluster, {
    fullName: fullNameOf(settings),
    stage: settings.operations.stage,
    namespace: settings.cluster.namespace,
    hostnames: [...new Set([settings.edge.panel.host, settings.edge.chat.host])],
    allowedSources: settings.edge.service.allowedSources,
    protection,
    images: [...new Set(imagesIn(settings).map(({ repository }) => repository))],
  });
}
