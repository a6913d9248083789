import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../contracts";

/**
 * The options of a managed server's component, which stands beside the cluster. It does not have the Kubernetes provider:
 * a component waits for its providers, and so would every part of the server, until nodes and namespace are there, which
 * is a quarter of an hour. What it has in the namespace is made with `inNamespace`. The server outlives the namespace.
 *
 * @param inside what components of the namespace are given
 */
export function besideCluster(place: Place, inside: pulumi.ComponentResourceOptions): pulumi.ComponentResourceOptions {
  const { provider, providers, ...opts } = inside;
  const all = [...(provider ? [provider] : []), ...Object.values(providers ?? {})];
  return { ...opts, providers: all.filter((one) => one !== place.kubernetes), deletedWith: undefined };
}

/** The options of a component of the server's that is in the namespace and dies with it. */
export function inNamespace(place: Place, parent: pulumi.Resource): pulumi.ComponentResourceOptions {
  return { parent, providers: [place.kubernetes], deletedWith: place.lifetime };
}
