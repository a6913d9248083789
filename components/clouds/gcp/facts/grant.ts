import type { Facts, ResourceFacts } from "../../shared/facts";
import { nothing } from "../../shared/facts/answer";
import type { Complaint } from "../../shared/facts/demand";
import { fixed } from "../../shared/facts/fixed";
import { at, listOf, many, stated, textOf } from "../../shared/facts/value";
import { free } from "./values";

const file = "components/clouds/gcp/nodeAccount.ts";
const primitive = /^roles\/(owner|editor)$/;
const anybody = /^(allUsers|allAuthenticatedUsers)$/;

/** A grant of a role to one member. */
const member: ResourceFacts = {
  demands: { "no-broad-roles": noBroadRoles },
  price: free.iam,
  answer: nothing,
};

/** What gives a role of Google to somebody. */
export const grant: Facts = {
  "gcp:projects/iAMMember:IAMMember": {
    ...member,
    fixed: fixed(
      "resourcemanager/iam_project.go, tpgiamresource/resource_iam_member.go",
      "project member role condition",
      { deletedFirst: true },
    ),
  },
  "gcp:projects/iAMBinding:IAMBinding": { demands: member.demands! },
  "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {
    ...member,
    fixed: fixed(
      "kms/iam_kms_crypto_key.go, tpgiamresource/resource_iam_member.go",
      "cryptoKeyId member role condition",
    ),
  },
  "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember": {
    ...member,
    fixed: fixed(
      "dns/iam_dns_managed_zone.go, tpgiamresource/resource_iam_member.go",
      "project managedZone member role condition",
    ),
  },
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": {
    price: free.iam,
    answer: nothing,
    fixed: fixed(
      "artifactregistry/iam_artifact_registry_repository.go, tpgiamresource/resource_iam_member.go",
      "project location repository member role condition",
    ),
  },
  "gcp:storage/bucketIAMMember:BucketIAMMember": {
    ...member,
    fixed: fixed(
      "storage/iam_storage_bucket.go, tpgiamresource/resource_iam_member.go",
      "bucket member role condition",
    ),
  },
  "gcp:serviceaccount/iAMMember:IAMMember": {
    ...member,
    fixed: fixed(
      "resourcemanager/iam_service_account.go, tpgiamresource/resource_iam_member.go",
      "serviceAccountId member role condition",
    ),
  },
};

function noBroadRoles(inputs: unknown): Complaint[] {
  const role = at(inputs, "role");
  const found: Complaint[] = [];
  if (primitive.test(textOf(role) ?? ""))
    found.push({
      message: `${stated("role", role)}, which is everything in the project`,
      todo: `give the role that is needed in ${file}`,
    });
  for (const who of [...many(at(inputs, "member")), ...listOf(at(inputs, "members"))]) {
    if (!anybody.test(textOf(who) ?? "")) continue;
    found.push({ message: `${stated("member", who)}, which is everybody`, todo: `name the account in ${file}` });
  }
  return found;
}
