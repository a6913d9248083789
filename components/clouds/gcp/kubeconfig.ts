/** How the cluster is reached. */
export interface GkeAccess {
  /** What the context is called. */
  readonly context: string;
  /** Host name of the cluster's DNS endpoint: `gke-<id>.<region>.gke.goog`. */
  readonly endpoint: string;
}

/**
 * A kubeconfig for the DNS endpoint, whose certificate every machine trusts: no authority, no address and no token is in
 * it that could change. The plugin of gcloud gives a token to whoever IAM knows
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin).
 */
export function gkeKubeconfig({ context, endpoint }: GkeAccess): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    clusters: [{ name: context, cluster: { server: `https://${endpoint}` } }],
    users: [
      {
        name: context,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            installHint: "Install it with: gcloud components install gke-gcloud-auth-plugin",
            interactiveMode: "Never",
            provideClusterInfo: true,
          },
        },
      },
    ],
  });
}
