import type { Input } from "@pulumi/pulumi";
import type { Place, PodIdentity } from "../../contracts";
import { kubernetesResources } from "../../kubernetes/containerResources";
import { fixedSizes } from "../../kubernetes/fixedSizes";
import { nodesOf, pullSecrets } from "../../kubernetes/podTemplate";
import { selectorLabels } from "../../naming";
import { parseBytes as bytesOf, formatBytes, usualTmpSize } from "../../schema/values/resources";
import { database, managedAdministrator } from "../postgresConf";
import { clusterParameters } from "./parameters";
import type { CloudNativePgSettings } from "./settings";

/** What the specification of a `Cluster` is made of. */
export interface ClusterSpecArgs {
  readonly settings: CloudNativePgSettings;
  readonly place: Pick<Place, "traits" | "imagePullSecrets">;
  /** Labels of everything that the operator makes. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its pods. */
  readonly instances: PodIdentity;
  /** Secret with `username` and `password` of who makes the roles. */
  readonly administrator: string;
  /** Secrets with the authority, and with the servers' certificate and key. */
  readonly certificates: { readonly authority: Input<string>; readonly server: Input<string> };
}

/** `spec` of a `Cluster` (`postgresql.cnpg.io/v1`): everything that the settings say, and what the platform holds everywhere. */
export function clusterSpec({ settings, place, labels, instances, administrator, certificates }: ClusterSpecArgs) {
  const { synchronous, resources } = settings;
  const several = settings.instances > 1;
  const storageClass = settings.storageClass ?? place.traits.storageClass;
  const { tmpSize = usualTmpSize } = resources;
  const { scratchBytes } = fixedSizes.instanceManager;
  const memory = {
    requests: bytesOf(resources.requests.memory),
    limits: bytesOf(resources.limits.memory),
  };
  return {
    imageName: settings.image.reference,
    ...pullSecrets(place.imagePullSecrets),
    instances: settings.instances,
    inheritedMetadata: { labels },
    // Nobody is a superuser over the network: the administrator is as on a managed server.
    enableSuperuserAccess: false,
    bootstrap: {
      initdb: {
        database,
        owner: managedAdministrator,
        secret: { name: administrator },
        ...{ encoding: "UTF8", localeCollate: "C.UTF-8", localeCType: "C.UTF-8", dataChecksums: true },
        postInitSQL: [`ALTER ROLE ${managedAdministrator} CREATEROLE CREATEDB`],
      },
    },
    certificates: { serverCASecret: certificates.authority, serverTLSSecret: certificates.server },
    postgresql: {
      parameters: clusterParameters({ ...settings, memory }),
      // It comes before the operator's last line, which would let clients in without TLS.
      pg_hba: ["hostnossl all all all reject"],
      ...(several && synchronous !== "none"
        ? { synchronous: { method: "any", number: 1, dataDurability: synchronous } }
        : {}),
    },
    storage: { size: settings.storage, resizeInUseVolumes: true, ...(storageClass ? { storageClass } : {}) },
    resources: kubernetesResources(resources, { tmpSize, scratchBytes }),
    ephemeralVolumesSizeLimit: { temporaryData: formatBytes(bytesOf(tmpSize) + scratchBytes) },
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: "preferred",
      topologyKey: "kubernetes.io/hostname",
      ...nodesOf(place.traits, "data"),
    },
    topologySpreadConstraints: [
      {
        topologyKey: "topology.kubernetes.io/zone",
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selectorLabels(instances) },
      },
    ],
    // For one server it would only keep the node from being drained.
    enablePDB: several,
    primaryUpdateStrategy: "unsupervised",
    primaryUpdateMethod: "switchover",
  };
}
