import type { Answer } from "../../shared/answers";

/** A thing that is named when it is made, by the Pulumi name and some hex digits, with the path that is its id. */
const named =
  (path: (inputs: Record<string, any>) => string): Answer =>
  (inputs, { preview, name }) => {
    if (preview) return {};
    const given = inputs.name ?? `${name}-1a2b3c4`;
    return { name: given, id: `${path(inputs)}/${given}` };
  };

const global = (kind: string) => named(({ project }) => `projects/${project}/global/${kind}`);
const regional = (kind: string) => named(({ project, region }) => `projects/${project}/regions/${region}/${kind}`);
const located = (kind: string) => named(({ project, location }) => `projects/${project}/locations/${location}/${kind}`);

/** Types of the cluster kind `gke`, with what Google Cloud would answer. */
export const gke: Record<string, Answer> = {
  // A project that is read says what the settings say of it.
  "gcp:organizations/project:Project": () => ({}),
  "gcp:compute/network:Network": global("networks"),
  "gcp:compute/subnetwork:Subnetwork": regional("subnetworks"),
  "gcp:compute/router:Router": regional("routers"),
  "gcp:compute/routerNat:RouterNat": named(({ project, region, router }) => `${project}/${region}/${router}`),
  "gcp:compute/globalAddress:GlobalAddress": global("addresses"),
  "gcp:compute/address:Address": (inputs, at) => ({
    ...regional("addresses")(inputs, at),
    ...(at.preview ? {} : { address: "203.0.113.10" }),
  }),
  "gcp:servicenetworking/connection:Connection": (_inputs, { preview }) =>
    preview ? {} : { peering: "servicenetworking-googleapis-com" },
  "gcp:kms/keyRing:KeyRing": located("keyRings"),
  "gcp:kms/cryptoKey:CryptoKey": named(({ keyRing }) => `${keyRing}/cryptoKeys`),
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": () => ({}),
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": () => ({}),
  "gcp:projects/serviceIdentity:ServiceIdentity": () => ({}),
  "gcp:serviceaccount/account:Account": ({ accountId, project }, { preview }) =>
    preview ? {} : { email: `${accountId}@${project}.iam.gserviceaccount.com` },
  "gcp:projects/iAMMember:IAMMember": () => ({}),
  "gcp:dns/recordSet:RecordSet": () => ({}),
  "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": () => ({}),
  "gcp:container/nodePool:NodePool": named(
    ({ project, location, cluster }) => `projects/${project}/locations/${location}/clusters/${cluster}/nodePools`,
  ),
  "gcp:container/cluster:Cluster": ({ project, location, name, controlPlaneEndpointsConfig }, { preview }) => {
    if (preview) return { controlPlaneEndpointsConfig: undefined };
    const endpoint = `gke-0123456789abcdef-123456789012.${location}.gke.goog`;
    const { dnsEndpointConfig } = controlPlaneEndpointsConfig;
    return {
      id: `projects/${project}/locations/${location}/clusters/${name}`,
      endpoint: "10.64.0.2",
      controlPlaneEndpointsConfig: {
        ...controlPlaneEndpointsConfig,
        dnsEndpointConfig: { ...dnsEndpointConfig, endpoint },
      },
    };
  },
};
