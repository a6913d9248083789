/** What a person can do about an error that a cloud or its tools gave; the first that fits counts. */
const hints: readonly (readonly [RegExp, string])[] = [
  // AWS: its SDK's and its CLI's words for a log-in that is over.
  [
    /ExpiredToken|token included in the request is expired|SSO session .*(has expired|is otherwise invalid)|token has expired and refresh failed|InvalidGrantException/i,
    "the AWS credentials have expired: renew them (aws sso login), then run this again",
  ],
  [
    /no valid credential sources|NoCredentialProviders|Unable to locate credentials|failed to refresh cached credentials|no EC2 IMDS role found/i,
    "there are no AWS credentials here: log in (aws sso login) and name the profile (export AWS_PROFILE=…), then run this again",
  ],
  [
    /InvalidClientTokenId|SignatureDoesNotMatch|security token included in the request is invalid/i,
    "AWS does not know these credentials: check who you are (aws sts get-caller-identity), then log in again (aws sso login)",
  ],
  // Google: the words of its authentication libraries.
  [
    /could not find default credentials|default credentials were not found|Could not load the default credentials/i,
    "there are no Google credentials here: gcloud auth application-default login, then run this again",
  ],
  [
    /invalid_grant|invalid_rapt|reauth related error|Token has been expired or revoked|oauth2: cannot fetch token/i,
    "the Google credentials have expired: gcloud auth application-default login, then run this again",
  ],
  // kubectl's and the provider's words for a missing credential plugin.
  [
    /gke-gcloud-auth-plugin(?=[\s\S]{0,80}(not found|no such file))|executable gke-gcloud-auth-plugin/i,
    "gke-gcloud-auth-plugin is not on PATH: gcloud components install gke-gcloud-auth-plugin, then run this again",
  ],
  [
    /exec: "?aws"?: executable file not found|executable aws not found/i,
    "the AWS CLI is not on PATH, but the kubeconfig of EKS gets its token from it. Install it (https://aws.amazon.com/cli/), then run this again",
  ],
  [
    /dial tcp (\[[0-9a-f:]+\]|[\d.]+):\d+: (i\/o timeout|connect: (connection timed out|no route to host|network is unreachable))|configured Kubernetes cluster is unreachable|context deadline exceeded.*\/(openapi|version)/i,
    "",
  ],
  [
    /SERVICE_DISABLED|has not been used in project \S+ before or it is disabled/,
    "an API of the project is not enabled. Enable the API that the error names (gcloud services enable …), wait a minute, then run this again",
  ],
  [
    /AccessDenied|is not authorized to perform|PERMISSION_DENIED|does not have .* access|Error 403/i,
    "these credentials may not do that: use the account that deploys, or give it the permission that the error names (README, permissions)",
  ],
];

/**
 * A sentence that says what to do about an error of a cloud, its tools or a cluster's API server, as the Pulumi CLI
 * shows it; undefined for any other text.
 */
export function cloudHint(text: string): string | undefined {
  const found = hints.find(([sign]) => sign.test(text));
  return found && (found[1] || unreachable(text));
}

/** The API server of a cluster cannot be reached: with a private address that is where it was asked from. */
function unreachable(text: string): string {
  const address = /dial tcp (\[?[0-9a-f.:]+?\]?):\d+: /i.exec(text)?.[1];
  const todo = "use the DNS endpoint or a VPN, or put this machine's network on cluster.api.allowedCidrs";
  if (address && isPrivate(address)) {
    return `the API server ${address} has a private address and cannot be reached from this machine: ${todo}`;
  }
  return `the API server${address ? ` ${address}` : ""} cannot be reached from this machine: ${todo}`;
}

/** An address that is not routed on the internet (RFC 1918, RFC 6598, RFC 4193). */
function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[?f[cd])/i.test(address);
}
