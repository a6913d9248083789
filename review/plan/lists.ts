import { isObject } from "../../components/clouds/shared/facts/value";

export { isObject };

/**
 * Lists whose order means nothing: Kubernetes and the clouds keep them as sets or maps, and a provider may return them in
 * another order than the program gave. Words of a command line are none of these.
 */
const sets = new Set(
  [
    "accessModes allowedCidrs cidrBlocks ipv6CidrBlocks publicAccessCidrs sourceRanges loadBalancerSourceRanges",
    "securityGroupIds vpcSecurityGroupIds securityGroups subnetIds subnets availabilityZones nodeLocations",
    "oauthScopes tags networkTags enabledCloudwatchLogsExports enabledClusterLogTypes policyTypes drop add",
    "instanceTypes verbs resources apiGroups dnsNames ipAddresses allowedUses usages finalizers userIds",
  ]
    .join(" ")
    .split(" "),
);

/** Whether the order of a list of plain values means nothing, by the key that it stands under. */
export function isSet(key: string): boolean {
  return sets.has(key);
}

/** What names an element of a list, in the order of preference. */
const identities = ["name", "key", "mountPath", "containerPort", "cidrBlock", "ip"] as const;

/**
 * The key by which the elements of two lists are told apart, as Kubernetes merges lists: both hold objects only, each
 * with a plain and different value for it.
 * @returns undefined where there is none, so that elements are compared by position
 */
export function identityOf(a: readonly unknown[], b: readonly unknown[]): string | undefined {
  if (a.length + b.length === 0) return undefined;
  return identities.find((key) => namesAll(a, key) && namesAll(b, key));
}

function namesAll(list: readonly unknown[], key: string): boolean {
  const names = list.map((element) => nameIn(element, key));
  return names.every((name) => name !== undefined) && new Set(names).size === names.length;
}

/** What an element is called. */
export function nameIn(element: unknown, key: string): string | undefined {
  if (!isObject(element) || !Object.hasOwn(element, key)) return undefined;
  const name = element[key];
  // What is masked names nothing.
  if (typeof name === "number") return String(name);
  return typeof name === "string" && !name.startsWith("[") ? name : undefined;
}
