import type { Provider } from "../../../engine/providers/provider";
import { refuseFullBucket } from "./buckets";
import { ApiError, FakeCloud, HalfWayError } from "./fakeCloud";
import { removeObjects } from "./kubernetes";
import { type Behaviours, type Call, cloudProvider } from "./provider";

/** The unkind behaviours of Google Cloud, by the public thread that showed each. */
export const googleSwitches = {
  /** A password policy without a root password is refused. */
  rootPassword: "terraform-google-modules/terraform-google-sql-db#521",
  /** The account of Compute Engine is switched off: no node starts as it. */
  noDefaultAccount: "hashicorp/terraform-provider-google#4435",
  /** The organization demands shielded nodes, of the transient pool too. */
  shieldedNodes: "GoogleCloudPlatform/cloud-foundation-fabric#1700",
  /** GKE gives lists of components back in an order of its own. */
  orderOfComponents: "terraform-google-modules/terraform-google-kubernetes-engine#2584",
  /** The abandoned peering of managed services holds the network. */
  heldNetwork: "GoogleCloudPlatform/magic-modules#18476",
  /** The password of a Redis is read with a permission that no viewer has. */
  authString: "hashicorp/terraform-provider-google#24784",
  /** GKE's own account is not there before somebody asks for it, and nothing can be granted to it. */
  lateServiceAgent: "GoogleCloudPlatform/gke-enterprise-mt#2",
  /** The project's identity pool comes with its first cluster, and nothing is granted to who is not in it. */
  latePool: "terraform-google-modules/terraform-google-kubernetes-engine#916",
  /** The cluster is there, and then its creation fails. */
  halfWay: "pulumi/pulumi-gcp#2700",
} as const;

export type GoogleSwitch = (typeof googleSwitches)[keyof typeof googleSwitches];

type GoogleCall = Call<GoogleSwitch>;

const types = {
  network: "gcp:compute/network:Network",
  connection: "gcp:servicenetworking/connection:Connection",
  cluster: "gcp:container/cluster:Cluster",
  pool: "gcp:container/nodePool:NodePool",
  sql: "gcp:sql/databaseInstance:DatabaseInstance",
  sqlUser: "gcp:sql/user:User",
  redis: "gcp:redis/instance:Instance",
  bucket: "gcp:storage/bucket:Bucket",
  grant: "gcp:projects/iAMMember:IAMMember",
  /** Not a resource of the program: what Google makes in the network for managed services. */
  peering: "google:peering",
  agent: "gcp:projects/serviceIdentity:ServiceIdentity",
} as const;

/** A Google Cloud of a test, with nothing in it; it is as unkind as Google's, unless it is told otherwise. */
export class FakeGoogle extends FakeCloud<GoogleSwitch> {
  /** Names of clusters whose creation failed half-way. */
  readonly broken = new Set<string>();

  constructor() {
    const { authString: _, halfWay: __, ...usual } = googleSwitches;
    super(Object.values(usual));
  }

  /** The plugin `gcp` on this cloud. */
  provider(): Provider {
    return cloudProvider("gcp", this, behaviours);
  }

  /** What `gcloud` prints, of the commands that this program runs and tells people to run. */
  gcloud(args: readonly string[]): string {
    const words = args.join(" ");
    const option = (name: string) => args[args.indexOf(`--${name}`) + 1] ?? "";
    const [, peering] = /^compute networks peerings delete (\S+)/.exec(words) ?? [];
    if (peering) this.#removePeering(peering, option("network"));
    const [, verb, name] = /^container clusters (describe|delete) (\S+)/.exec(words) ?? [];
    const cluster = this.all(types.cluster).find(({ properties }) => properties.name === name);
    if (verb && !cluster) throw new ApiError(`ResponseError: code=404, message=Not found: ${name}.`);
    if (verb === "delete") {
      this.broken.delete(String(name));
      this.remove(types.cluster, cluster!.id);
    }
    if (verb !== "describe") return "";
    const broken = this.broken.has(String(name));
    const pools = this.all(types.pool).map(({ properties }) => ({ name: properties.name, status: "RUNNING" }));
    return JSON.stringify({
      status: broken ? "ERROR" : "RUNNING",
      nodePools: [...pools, ...(broken ? [{ name: "default-pool", status: "ERROR" }] : [])],
    });
  }

  /** Google lets go of a peering at once. */
  #removePeering(name: string, network: string): void {
    for (const { id, properties } of this.all(types.peering)) {
      if (properties.name === name && String(properties.network).endsWith(`/${network}`)) {
        this.remove(types.peering, id);
        return;
      }
    }
    throw new ApiError(`There is no peering ${name} on network ${network}`);
  }
}

const behaviours: Behaviours<GoogleSwitch> = {
  [types.network]: {
    before({ operation, cloud, thing }) {
      if (operation !== "delete" || !cloud.is(googleSwitches.heldNetwork)) return;
      const peering = cloud.all(types.peering).find(({ properties }) => properties.network === thing!.id);
      if (!peering) return;
      throw new ApiError(
        `Error waiting for Deleting Network: The network resource '${thing!.id}' is already being used by '${peering.id}'`,
      );
    },
    after({ operation, cloud, thing }) {
      if (operation !== "delete") return;
      for (const { type, id, properties } of cloud.all(types.connection)) {
        if (properties.network === thing!.id) cloud.remove(type, id);
      }
    },
  },
  [types.connection]: {
    // `updateOnCreationFail`
    repeatable: true,
    id: ({ inputs }) => [inputs.network, inputs.service].map(encodeURIComponent).join(":"),
    abandons: ({ deletionPolicy }) => deletionPolicy === "ABANDON",
    after({ operation, cloud, inputs }) {
      if (operation !== "create") return;
      const name = String(inputs.service).replaceAll(".", "-");
      const id = `${inputs.network}/peerings/${name}`;
      if (cloud.find(types.peering, id)) return;
      cloud.add({ type: types.peering, name, id, properties: { name, network: inputs.network } });
    },
  },
  "gcp:kms/keyRing:KeyRing": {
    // No API deletes one.
    abandons: () => true,
  },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {
    repeatable: true,
    id: ({ inputs }) => `${inputs.cryptoKeyId} ${inputs.role} ${inputs.member}`,
    before: agentIsThere,
  },
  [types.grant]: { repeatable: true, id: ({ inputs }) => `${inputs.project}/${inputs.role}/${inputs.member}` },
  [types.agent]: { repeatable: true, id: ({ inputs }) => `${inputs.project}/${inputs.service}` },
  "gcp:serviceaccount/iAMMember:IAMMember": {
    repeatable: true,
    id: ({ inputs }) => `${inputs.serviceAccountId}/${inputs.role}/${inputs.member}`,
    before: poolIsThere,
  },
  [types.bucket]: {
    before(call) {
      refuseFullBucket(
        call,
        ({ name }) => `Error trying to delete bucket ${name} containing objects without \`force_destroy\` set to true`,
      );
    },
    // The API tells a region in capitals.
    tells: (bucket) => ({ ...bucket, location: String(bucket.location).toUpperCase() }),
  },
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    repeatable: true,
    id: ({ inputs }) => `b/${inputs.bucket}/${inputs.role}/${inputs.member}`,
  },
  "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": {
    repeatable: true,
    id: ({ inputs }) => `${inputs.managedZone}/${inputs.role}/${inputs.member}`,
  },
  [types.cluster]: {
    before(call) {
      if (call.operation === "create") createsCluster(call);
      if (call.operation === "delete" && call.inputs.deletionProtection) {
        throw new ApiError("Cannot destroy cluster because deletion_protection is set to true");
      }
    },
    tells(cluster, { cloud }) {
      const { loggingConfig, monitoringConfig, controlPlaneEndpointsConfig } = cluster;
      return {
        ...cluster,
        ...(cloud.is(googleSwitches.orderOfComponents) && {
          loggingConfig: reordered(loggingConfig),
          monitoringConfig: reordered(monitoringConfig),
        }),
        controlPlaneEndpointsConfig: {
          ...controlPlaneEndpointsConfig,
          dnsEndpointConfig: {
            ...controlPlaneEndpointsConfig.dnsEndpointConfig,
            // A name that leads nowhere, so that nobody asks there; none at all before the API server was there.
            endpoint: (cloud as FakeGoogle).broken.has(cluster.name) ? "" : "cluster.gke.invalid",
          },
        },
      };
    },
    after({ operation, cloud, thing, inputs }) {
      if (operation === "create" && cloud.is(googleSwitches.halfWay)) {
        (cloud as FakeGoogle).broken.add(inputs.name);
        throw new HalfWayError(
          "Error waiting for creating GKE cluster: All cluster resources were brought up, but: only 0 nodes out of 3 have registered; cluster may be unhealthy.",
        );
      }
      if (operation !== "delete") return;
      const pools = cloud
        .all(types.pool)
        .filter(({ properties }) => properties.cluster === (thing?.properties ?? inputs).name);
      for (const { type, id } of pools) cloud.remove(type, id);
      removeObjects(cloud as FakeCloud);
    },
    sets: ["maintenancePolicy.maintenanceExclusions", "masterAuthorizedNetworksConfig.cidrBlocks", "nodeLocations"],
  },
  [types.pool]: { sets: ["nodeConfig.oauthScopes"] },
  [types.sql]: {
    before({ operation, cloud, inputs }) {
      const { passwordValidationPolicy, deletionProtectionEnabled } = inputs.settings ?? {};
      if (operation === "delete" && deletionProtectionEnabled) {
        throw new ApiError(
          "Error 400: The instance is protected. Please disable the deletion protection and try again.",
        );
      }
      if (operation !== "create" || !cloud.is(googleSwitches.rootPassword)) return;
      const password = inputs.rootPassword;
      if (!passwordValidationPolicy?.enablePasswordPolicy) return;
      if (typeof password !== "string" || password.length < (passwordValidationPolicy.minLength ?? 0)) {
        throw new ApiError(
          "Error 400: Invalid request: rootPassword is required and must satisfy the password policy., invalid",
        );
      }
    },
    after({ operation, cloud, inputs }) {
      if (operation !== "delete") return;
      for (const user of cloud.all(types.sqlUser)) {
        if (user.properties.instance === inputs.name) cloud.remove(user.type, user.id);
      }
    },
    sets: ["settings.databaseFlags"],
  },
  [types.sqlUser]: {
    id: ({ inputs }) => `${inputs.project}/${inputs.instance}/${inputs.name}`,
    abandons: ({ deletionPolicy }) => deletionPolicy === "ABANDON",
    writeOnly: ["passwordWo"],
  },
  [types.redis]: {
    before({ operation, cloud, inputs }) {
      if (operation === "read" && cloud.is(googleSwitches.authString)) {
        throw new ApiError("Error 403: Permission 'redis.instances.getAuthString' denied on resource, forbidden");
      }
      if (operation === "delete" && inputs.deletionProtection) {
        throw new ApiError("cannot destroy redis instance without setting deletion_protection=false");
      }
    },
  },
  // The provider orders the ranges as the program does (`unordered_list`; hashicorp/terraform-provider-google#1770).
  "gcp:compute/subnetwork:Subnetwork": { sets: ["secondaryIpRanges"] },
};

/** What GKE refuses of a new cluster. Its first pool starts at once, with what `nodeConfig` says. */
function createsCluster({ cloud, inputs }: GoogleCall): void {
  const account = inputs.nodeConfig?.serviceAccount ?? "default";
  if (cloud.is(googleSwitches.noDefaultAccount)) {
    if (account === "default") {
      throw new ApiError(
        `Error 400: Service account "${inputs.project}-compute@developer.gserviceaccount.com" does not exist or is disabled., badRequest`,
      );
    }
    const granted = cloud.all(types.grant).some(({ properties }) => properties.member === `serviceAccount:${account}`);
    if (!granted)
      throw new ApiError(`Error 403: nodes of ${account} cannot report: no role is granted to it, forbidden`);
  }
  if (cloud.is(googleSwitches.shieldedNodes) && inputs.nodeConfig?.shieldedInstanceConfig?.enableSecureBoot !== true) {
    throw new ApiError(
      "Error 412: Constraint constraints/compute.requireShieldedVm violated: Secure Boot is not enabled, conditionNotMet",
    );
  }
}

function agentIsThere({ operation, cloud, inputs }: GoogleCall): void {
  if (operation !== "create" || !cloud.is(googleSwitches.lateServiceAgent)) return;
  if (!String(inputs.member).includes("@container-engine-robot.") || cloud.all(types.agent).length > 0) return;
  throw new ApiError(`Error 400: ${String(inputs.member).replace(":", " ")} does not exist., badRequest`);
}

function poolIsThere({ operation, cloud, inputs }: GoogleCall): void {
  if (operation !== "create" || !cloud.is(googleSwitches.latePool) || cloud.all(types.cluster).length > 0) return;
  const pool = /^serviceAccount:([^[]+)\[/.exec(inputs.member)?.[1];
  if (pool) throw new ApiError(`Error 400: Identity Pool does not exist (${pool})., badRequest`);
}

function reordered(config: Record<string, any> | undefined) {
  return config && { ...config, enableComponents: [...(config.enableComponents ?? [])].reverse() };
}
