/**
 * By which id the plugin `gcp` finds what was begun, from what was asked for: Google names things by what they are called,
 * and what they are called is known before they are made. The forms are those of the provider's imports.
 */
export const importIds: Readonly<Record<string, string>> = {
  "gcp:compute/network:Network": "projects/{project}/global/networks/{name}",
  "gcp:compute/subnetwork:Subnetwork": "projects/{project}/regions/{region}/subnetworks/{name}",
  "gcp:compute/router:Router": "projects/{project}/regions/{region}/routers/{name}",
  "gcp:compute/routerNat:RouterNat": "{project}/{region}/{router}/{name}",
  "gcp:compute/address:Address": "projects/{project}/regions/{region}/addresses/{name}",
  "gcp:compute/globalAddress:GlobalAddress": "projects/{project}/global/addresses/{name}",
  "gcp:kms/keyRing:KeyRing": "projects/{project}/locations/{location}/keyRings/{name}",
  "gcp:kms/cryptoKey:CryptoKey": "{keyRing}/cryptoKeys/{name}",
  "gcp:serviceaccount/account:Account":
    "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
  "gcp:dns/managedZone:ManagedZone": "projects/{project}/managedZones/{name}",
  "gcp:dns/recordSet:RecordSet": "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
  "gcp:container/cluster:Cluster": "projects/{project}/locations/{location}/clusters/{name}",
  "gcp:container/nodePool:NodePool": "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
  "gcp:sql/databaseInstance:DatabaseInstance": "projects/{project}/instances/{name}",
  "gcp:sql/user:User": "{project}/{instance}/{name}",
  "gcp:redis/instance:Instance": "projects/{project}/locations/{region}/instances/{name}",
};
