import type { ComponentResourceOptions, CustomResourceOptions } from "@pulumi/pulumi";

/**
 * The options of a component whose server stands beside the cluster. A component is registered once its providers are
 * there, and that of Kubernetes comes after the nodes: without it the server begins with the network, and not a quarter of
 * an hour later. What the component puts into the cluster is given the providers of `opts` itself. The server outlives the
 * namespace that it is used from.
 *
 * @param opts the options of what is inside the cluster
 */
export function besideCluster(opts: ComponentResourceOptions): ComponentResourceOptions {
  return { ...opts, provider: undefined, providers: undefined, deletedWith: undefined };
}

/**
 * Options of a generated value in such a component, or in any other: without providers in `opts` its parent has them.
 *
 * @param opts the options of what is beside it in the cluster
 */
export function generatedIn({ parent, providers }: ComponentResourceOptions): CustomResourceOptions {
  const randomProvider = providers && !Array.isArray(providers) ? providers.random : undefined;
  return randomProvider ? { parent, provider: randomProvider } : { parent };
}
