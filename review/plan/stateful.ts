/** Something that is not made again by making it again. */
export interface Stateful {
  /** What people call it. */
  readonly noun: string;
  /** What is gone when it is deleted or replaced: `… is lost`, as the end of a sentence. */
  readonly loss: string;
  /** What happens instead where the new one is made before the old one goes; without it the loss is the same. */
  readonly succeeded?: string;
}

const database = (noun: string, backups: string): Stateful => ({
  noun,
  loss: `all databases in it are lost, ${backups}`,
});
const address: Stateful = {
  noun: "static address",
  loss: "the address is given back; DNS records and allow lists elsewhere that name it lead nowhere",
};
const key: Stateful = {
  noun: "encryption key",
  loss: "what was encrypted with it (disks, databases, secrets) can no longer be read",
};
const bucket: Stateful = { noun: "bucket", loss: "all objects in it are lost" };
const nodes = (noun: string): Stateful => ({
  noun,
  loss: "its machines go; every pod on them is moved or stops, and what is on their disks is lost",
  succeeded:
    "a new one is made first, and pods move to it as their disruption budgets allow; what is on the disks of its machines is lost",
});
const cluster: Stateful = {
  noun: "cluster",
  loss: "everything that runs in it stops, and what only it holds (volumes, Secrets, certificates) is lost",
};
const managedSecret: Stateful = { noun: "stored secret", loss: "its versions are lost; what reads it fails" };
const redis: Stateful = { noun: "Redis", loss: "sessions, queued jobs and everything else that it holds are lost" };
const network = (noun: string): Stateful => ({ noun, loss: "everything that is attached to it loses its network" });
const zone: Stateful = { noun: "DNS zone", loss: "all its records go, and a new zone has other name servers" };
const registry: Stateful = { noun: "image registry", loss: "all images in it are lost; pods cannot be started again" };
const logs: Stateful = { noun: "log group", loss: "the logs in it are lost" };

/** By type. Types that this program does not make are here too: a team's own additions are looked at as well. */
const byType: Readonly<Record<string, Stateful>> = {
  "kubernetes:core/v1:PersistentVolumeClaim": { noun: "volume claim", loss: "the data on its volume is lost" },
  "kubernetes:core/v1:PersistentVolume": { noun: "volume", loss: "the data on it is lost or left without an owner" },
  "kubernetes:core/v1:Namespace": {
    noun: "namespace",
    loss: "everything in it is deleted with it: apps, Secrets and volume claims with their data",
  },
  "kubernetes:apps/v1:StatefulSet": {
    noun: "StatefulSet",
    loss: "its pods stop; new ones find their data only where volume claims of the same name are kept",
  },
  "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": {
    noun: "custom resource definition",
    loss: "every object of this kind in the whole cluster is deleted with it",
  },
  "gcp:sql/databaseInstance:DatabaseInstance": database(
    "Cloud SQL instance",
    "and its automated backups and its point-in-time recovery with them",
  ),
  "gcp:sql/database:Database": { noun: "database", loss: "its tables and all rows in them are lost" },
  "gcp:redis/instance:Instance": redis,
  "gcp:redis/cluster:Cluster": redis,
  "gcp:memorystore/instance:Instance": redis,
  "gcp:container/cluster:Cluster": cluster,
  "gcp:container/nodePool:NodePool": nodes("node pool"),
  "gcp:compute/address:Address": address,
  "gcp:compute/globalAddress:GlobalAddress": address,
  "gcp:compute/disk:Disk": { noun: "disk", loss: "the data on it is lost" },
  "gcp:compute/network:Network": network("network"),
  "gcp:compute/subnetwork:Subnetwork": network("subnetwork"),
  "gcp:servicenetworking/connection:Connection": {
    noun: "private connection",
    loss: "the managed databases behind it cannot be reached without it",
  },
  "gcp:kms/cryptoKey:CryptoKey": key,
  "gcp:kms/keyRing:KeyRing": key,
  "gcp:storage/bucket:Bucket": bucket,
  "gcp:secretmanager/secret:Secret": managedSecret,
  "gcp:secretmanager/secretVersion:SecretVersion": managedSecret,
  "gcp:dns/managedZone:ManagedZone": zone,
  "gcp:artifactregistry/repository:Repository": registry,
  "aws:rds/instance:Instance": database("RDS instance", "with its automated backups where no final snapshot is taken"),
  "aws:rds/cluster:Cluster": database("RDS cluster", "with its automated backups where no final snapshot is taken"),
  "aws:dynamodb/table:Table": { noun: "table", loss: "all items in it are lost" },
  "aws:elasticache/replicationGroup:ReplicationGroup": redis,
  "aws:elasticache/cluster:Cluster": redis,
  "aws:elasticache/serverlessCache:ServerlessCache": redis,
  "aws:eks/cluster:Cluster": cluster,
  "aws:eks/nodeGroup:NodeGroup": nodes("node group"),
  "aws:ec2/eip:Eip": address,
  "aws:ebs/volume:Volume": { noun: "volume", loss: "the data on it is lost" },
  "aws:efs/fileSystem:FileSystem": { noun: "file system", loss: "all files in it are lost" },
  "aws:ec2/vpc:Vpc": network("network"),
  "aws:ec2/subnet:Subnet": network("subnet"),
  "aws:kms/key:Key": key,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:secretsmanager/secret:Secret": managedSecret,
  "aws:secretsmanager/secretVersion:SecretVersion": managedSecret,
  "aws:route53/zone:Zone": zone,
  "aws:ecr/repository:Repository": registry,
  "aws:cloudwatch/logGroup:LogGroup": logs,
  "random:index/randomPassword:RandomPassword": {
    noun: "generated password",
    loss: "the password is another one; whoever still uses the old one is locked out, and what was signed with it is void",
  },
};

/** What a type is that holds something; undefined for the others. */
export function statefulOf(type: string): Stateful | undefined {
  return Object.hasOwn(byType, type) ? byType[type] : undefined;
}

/** Types that run something or that others reach: without one, something stops. */
const running = new Set(
  [
    "apps/v1:Deployment apps/v1:DaemonSet apps/v1:ReplicaSet batch/v1:CronJob batch/v1:Job core/v1:Pod core/v1:Service",
    "networking.k8s.io/v1:Ingress gateway.networking.k8s.io/v1:Gateway",
    "gateway.networking.k8s.io/v1:HTTPRoute helm.sh/v3:Release helm.sh/v4:Chart core/v1:Secret",
    "autoscaling/v2:HorizontalPodAutoscaler cert-manager.io/v1:Certificate",
    "cert-manager.io/v1:ClusterIssuer cert-manager.io/v1:Issuer storage.k8s.io/v1:StorageClass",
    "rbac.authorization.k8s.io/v1:Role rbac.authorization.k8s.io/v1:RoleBinding",
    "rbac.authorization.k8s.io/v1:ClusterRole rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  ]
    .join(" ")
    .split(" ")
    .map((kind) => `kubernetes:${kind}`),
);

/** Whether something stops, or is let in, when a resource of this type goes: everything of a cloud, and most of a cluster. */
export function runs(type: string): boolean {
  return running.has(type) || type.startsWith("aws:") || type.startsWith("gcp:") || type.startsWith("tls:");
}
