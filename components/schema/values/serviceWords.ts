import { Problem, show } from "../fields";

/** A name as labels, annotations and classes have it: a part of at most 63 characters, and perhaps a domain before it. */
const qualified =
  /^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** The key of an annotation of a Service that is the user's to set. @throws Problem */
export function parseAnnotationKey(key: string): string {
  if (!qualified.test(key))
    throw new Problem(`${show(key)} is not the key of an annotation; write e.g. "metallb.io/address-pool"`);
  if (key.startsWith("pulumi.com/") || key.startsWith("kubectl.kubernetes.io/"))
    throw new Problem(`${show(key)} configures the tools that create the Service, not a load balancer; remove it`);
  return key;
}

/** A class of load balancers, which always has a domain. @throws Problem */
export function parseLoadBalancerClass(value: string): string {
  if (qualified.test(value) && value.includes("/")) return value;
  throw new Problem(`${show(value)} is not a class of load balancers; write e.g. "metallb.io/metallb"`);
}
