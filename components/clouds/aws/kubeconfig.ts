import type { Account } from "./account";

/** How the API server is reached. */
export interface EksEndpoint {
  /** URL of the API server. */
  readonly server: string;
  /** PEM in base64, as EKS gives it. */
  readonly authority: string;
}

/**
 * A kubeconfig that asks the AWS CLI for a token at every use, with whatever credentials its user has: there is none in
 * it that could end before a `destroy` does.
 */
export function eksKubeconfig(
  { fullName, region }: Pick<Account, "fullName" | "region">,
  { server, authority }: EksEndpoint,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": fullName,
    contexts: [{ name: fullName, context: { cluster: fullName, user: fullName } }],
    clusters: [{ name: fullName, cluster: { server, "certificate-authority-data": authority } }],
    users: [
      {
        name: fullName,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["eks", "get-token", "--cluster-name", fullName, "--region", region, "--output", "json"],
            interactiveMode: "Never",
            installHint: "Install the AWS CLI, version 2: https://docs.aws.amazon.com/cli/",
            provideClusterInfo: false,
          },
        },
      },
    ],
  });
}
