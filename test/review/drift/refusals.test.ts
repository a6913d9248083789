import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { driftOf } from "../../../review/drift";
import { lookAtReadable } from "../../../review/drift/readable";
import { refusalIn } from "../../../review/drift/refusals";
import { markdownOf, textOf } from "../../../review/drift/text";
import type { StackPreview } from "../../../review/plan";

/** Refusals in the words of the clouds, where somebody has shown them in public, and the permission that they name. */
const refusals: readonly (readonly [source: string, message: string, permission: string | undefined])[] = [
  [
    "elastic/cloudbeat#1749",
    "operation error KMS: GetKeyRotationStatus, https response error StatusCode: 400, RequestID: d35391f4, api error AccessDeniedException: User: arn:aws:iam::704479110758:user/gh_ci_restricted is not authorized to perform: kms:GetKeyRotationStatus on resource: arn:aws:kms:eu-west-1:704479110758:key/e8d9a14d because no resource-based policy allows the kms:GetKeyRotationStatus action",
    "kms:GetKeyRotationStatus",
  ],
  [
    "LeanerCloud/CUDly#1698",
    "reading RDS DB Instance (cudly-dev-postgres): operation error RDS: DescribeDBInstances, StatusCode: 403, AccessDenied: User: arn:aws:sts::909626172446:assumed-role/cudly-terraform-deploy/GitHubActions is not authorized to perform: rds:DescribeDBInstances on resource: arn:aws:rds:us-east-1:909626172446:db:* because no identity-based policy allows the rds:DescribeDBInstances action",
    "rds:DescribeDBInstances",
  ],
  [
    "hashicorp/terraform#2651",
    "UnauthorizedOperation: You are not authorized to perform this operation.\n\tstatus code: 403, request id: []",
    undefined,
  ],
  [
    "terraform-google-modules/terraform-google-project-factory#900",
    `Error when reading or editing Service Account "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com": googleapi: Error 403: Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist).\nDetails:\n[\n  {\n    "@type": "type.googleapis.com/google.rpc.ErrorInfo",\n    "domain": "iam.googleapis.com",\n    "metadata": {\n      "permission": "iam.serviceAccounts.get"\n    },\n    "reason": "IAM_PERMISSION_DENIED"\n  }\n]\n, forbidden`,
    "iam.serviceAccounts.get",
  ],
  [
    "hashicorp/terraform-provider-google#8638",
    "Error loading zone 'us-east1-c': googleapi: Error 403: Required 'compute.zones.get' permission for 'projects/itcloud-304805/zones/us-east1-c', forbidden",
    "compute.zones.get",
  ],
  [
    "sethvargo/vault-on-gke#33",
    'Error reading Service Account Key "projects/p/serviceAccounts/a/keys/k": googleapi: Error 403: Permission iam.serviceAccountKeys.get is required to perform this operation on service account key projects/p/serviceAccounts/a/keys/k., forbidden',
    "iam.serviceAccountKeys.get",
  ],
  [
    "terraform-google-modules/terraform-google-vault#35",
    "error is googleapi: Error 403: The caller does not have permission, forbidden",
    undefined,
  ],
  [
    "terraform-aws-modules/terraform-aws-eks#1148",
    'configmaps "aws-auth" is forbidden: User "system:serviceaccount:default:default" cannot get resource "configmaps" in API group "" in the namespace "kube-system"',
    "get configmaps",
  ],
  [
    "terraform-aws-modules/terraform-aws-eks#3016",
    'could not get information about the resource: servicemonitors.monitoring.coreos.com "backend" is forbidden: User "arn:aws:sts::926093910549:assumed-role/eks-devs/EKSGetTokenAuth" cannot get resource "servicemonitors" in API group "monitoring.coreos.com" in the namespace "dev-preview"',
    "get servicemonitors.monitoring.coreos.com",
  ],
  [
    "ahmetb/kubectl-tree#9",
    'secrets is forbidden: User "user@example.com" cannot list resource "secrets" in API group "" at the cluster scope: Required "container.secrets.list" permission.',
    "container.secrets.list",
  ],
  [
    "kubeflow/fairing#237",
    '{"kind":"Status","status":"Failure","message":"secrets is forbidden: User \\"117832618853160246846\\" cannot list secrets in the namespace \\"kubeflow\\": Required \\"container.secrets.list\\" permission.","reason":"Forbidden","details":{"kind":"secrets"},"code":403}',
    "container.secrets.list",
  ],
];

describe("a refusal is known by the words of each cloud, and names its permission", () => {
  for (const [source, message, permission] of refusals) {
    test(source, () => assert.deepEqual(refusalIn(message), { permission }));
  }
});

describe("what fails for another reason is no refusal", () => {
  for (const message of [
    "googleapi: Error 403: Cloud SQL Admin API has not been used in project 123456789012 before or it is disabled., accessNotConfigured",
    "googleapi: Error 403: Rate Limit Exceeded, rateLimitExceeded",
    "googleapi: Error 403: quota exceeded, quotaExceeded",
    "operation error EC2: DescribeVpcs, https response error StatusCode: 403, api error ExpiredToken: The security token included in the request is expired",
    "operation error STS: GetCallerIdentity, https response error StatusCode: 403, api error InvalidClientTokenId: The security token included in the request is invalid.",
    "configured Kubernetes cluster is unreachable: unable to load schema information from the API server",
    'Get "https://10.64.0.2": dial tcp 10.64.0.2:443: i/o timeout',
    "googleapi: Error 404: The resource was not found, notFound",
  ]) {
    test(message.slice(0, 70), () => assert.equal(refusalIn(message), undefined));
  }
});

const urn = (type: string, name: string) => `urn:pulumi:prod::switchboard::${type}::${name}`;
const secret = "kubernetes:core/v1:Secret";
const key = "aws:kms/key:Key";
const config = "kubernetes:core/v1:ConfigMap";
const all = [
  [secret, "one"],
  [secret, "two"],
  [key, "stored"],
  [config, "nginx"],
].map(([type, name]) => ({ urn: urn(type!, name!), type: type! }));

const forbidden = (resource: string) =>
  `${resource} is forbidden: User "drift" cannot get resource "${resource}" in API group "" in the namespace "switchboard"`;

function previewOf(diagnostics: StackPreview["diagnostics"]): StackPreview {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same: 0 };
  const resources = all.map(({ urn, type }) => ({ urn, type, name: "x", parent: "", custom: true }));
  return {
    ...{ project: "switchboard", stack: "prod", origin: "engine", succeeded: diagnostics.length === 0 },
    ...{ changes: [], counts, risk: "none", diagnostics, before: resources, after: resources },
  } as unknown as StackPreview;
}

/** A cloud that refuses some types, as the engine tells it: the first of them only. */
function refusing(messages: Readonly<Record<string, string>>) {
  const looks: number[] = [];
  const refresh = async (without: readonly string[]) => {
    looks.push(without.length);
    const first = all.find(({ urn, type }) => messages[type] && !without.includes(urn));
    return previewOf(first ? [{ severity: "error", urn: first.urn, message: messages[first.type]! }] : []);
  };
  return { looks, refresh };
}

test("each type that is refused is left out, until the rest could be read", async () => {
  const { looks, refresh } = refusing({ [secret]: forbidden("secrets"), [key]: refusals[0]![1] });
  const { preview, unread } = await lookAtReadable(refresh, all);
  assert.deepEqual(looks, [0, 2, 3]);
  const drift = driftOf(preview, unread);
  assert.equal(drift.looked, 1);
  assert.deepEqual(drift.unread, [
    { type: key, names: ["stored"], permission: "kms:GetKeyRotationStatus" },
    { type: secret, names: ["one", "two"], permission: "get secrets" },
  ]);
  const text = textOf(drift, false).join("\n");
  assert.match(text, /^no drift: 1 resources of prod/);
  assert.match(
    text,
    /not looked at: 2 Secret of prod \(one, two\), because these credentials lack the permission get secrets/,
  );
  assert.equal(markdownOf(drift), undefined);
});

test("what is said of several at once is found by the first one's name", async () => {
  const message = `${refusals[2]![1]} (said of 2 resources, first of one)`;
  const first = previewOf([{ severity: "error", message }]);
  const { unread } = await lookAtReadable(async (without) => (without.length > 0 ? previewOf([]) : first), all);
  assert.deepEqual(unread, [{ type: secret, names: ["one", "two"], permission: undefined }]);
  assert.match(textOf(driftOf(previewOf([]), unread), false).join("\n"), /the API does not say what it would take/);
});

test("another error ends it, also beside a refusal, and an engine that leaves nothing out does not loop", async () => {
  const refused = { severity: "error", urn: all[0]!.urn, message: forbidden("secrets") } as const;
  const other = { severity: "error", urn: all[2]!.urn, message: "dial tcp 10.0.0.1:443: i/o timeout" } as const;
  let looks = 0;
  const both = await lookAtReadable(async () => {
    looks++;
    return previewOf([refused, other]);
  }, all);
  assert.deepEqual([both.preview.succeeded, both.unread, looks], [false, [], 1]);
  looks = 0;
  const deaf = await lookAtReadable(async () => {
    looks++;
    return previewOf([refused]);
  }, all);
  assert.deepEqual([deaf.preview.succeeded, looks], [false, 2]);
});
