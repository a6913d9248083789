import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudHint } from "../../engine/cloudErrors";

/** What the clouds, their tools and the API server's clients say, and what a person is told to do. */
const cases: readonly (readonly [string, RegExp])[] = [
  [
    "operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error ExpiredToken: The security token included in the request is expired",
    /AWS credentials have expired: renew them \(aws sso login\)/,
  ],
  [
    "Error when retrieving token from sso: Token has expired and refresh failed",
    /AWS credentials have expired: .*aws sso login/,
  ],
  ["The SSO session associated with this profile has expired or is otherwise invalid.", /aws sso login/],
  ["error: No valid credential sources found. Please see https://…", /there are no AWS credentials here/],
  ["failed to refresh cached credentials, no EC2 IMDS role found", /there are no AWS credentials here: .*AWS_PROFILE/],
  [
    "api error InvalidClientTokenId: The security token included in the request is invalid",
    /aws sts get-caller-identity/,
  ],
  [
    "google: could not find default credentials. See https://cloud.google.com/docs/…",
    /gcloud auth application-default login/,
  ],
  ['oauth2: "invalid_grant" "reauth related error (invalid_rapt)"', /Google credentials have expired/],
  [
    "getting credentials: exec: executable gke-gcloud-auth-plugin not found\n\nIt looks like you are trying to use a client-go credential plugin",
    /gcloud components install gke-gcloud-auth-plugin/,
  ],
  ["fork/exec gke-gcloud-auth-plugin: no such file or directory", /gcloud components install gke-gcloud-auth-plugin/],
  ["getting credentials: exec: executable aws not found", /the AWS CLI is not on PATH/],
  [
    'Get "https://172.16.0.2/openapi/v2?timeout=32s": dial tcp 172.16.0.2:443: i/o timeout',
    /the API server 172\.16\.0\.2 has a private address and cannot be reached from this machine: use the DNS endpoint or a VPN/,
  ],
  [
    "dial tcp 34.1.2.3:443: connect: connection timed out",
    /the API server 34\.1\.2\.3 cannot be reached from this machine: .*cluster\.api\.allowedCidrs/,
  ],
  [
    "configured Kubernetes cluster is unreachable: unable to load schema information",
    /the API server cannot be reached/,
  ],
  [
    "Error 403: Kubernetes Engine API has not been used in project 12 before or it is disabled.",
    /gcloud services enable/,
  ],
  ["api error AccessDenied: User: arn:… is not authorized to perform: eks:CreateCluster", /may not do that/],
];

for (const [text, hint] of cases) {
  test(`a hint for: ${text.slice(0, 60)}`, () => assert.match(cloudHint(text)!, hint));
}

test("other errors get no hint", () => {
  const texts = [
    "2 settings are wrong in stack prod; nothing was changed.",
    "the Job failed: BackoffLimitExceeded",
    "dial tcp 127.0.0.1:6443: connect: connection refused",
    "",
  ];
  for (const text of texts) assert.equal(cloudHint(text), undefined, text);
});
