import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { type Plan, repository } from "./support/plan";
import { project } from "./support/project";
import { planOf } from "./support/sharedPlans";
import { everyStack, keptName } from "./support/stacks";

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const texts = ["cluster", "data"].map((part) =>
  readFileSync(join(repository, "docs", "aws-deployer", `${part}.json`), "utf8"),
);
const statements = texts.flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement);
const actions = statements.flatMap(({ Action }) => Action);
const named = (sid: string) => statements.find(({ Sid }) => Sid === sid)!;

/** Which action makes each type; what is not here is made by `eks:`, or is a part of something else. */
const makes: Readonly<Record<string, string>> = {
  "kms/key": "kms:CreateKey",
  "kms/alias": "kms:CreateAlias",
  "kms/grant": "kms:CreateGrant",
  "s3/bucket": "s3:CreateBucket",
  "s3/bucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3/bucketPolicy": "s3:PutBucketPolicy",
  "s3/bucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
  "s3/bucketServerSideEncryptionConfiguration": "s3:PutEncryptionConfiguration",
  "s3/bucketVersioning": "s3:PutBucketVersioning",
  "ec2/vpc": "ec2:CreateVpc",
  "ec2/defaultSecurityGroup": "ec2:RevokeSecurityGroupIngress",
  "ec2/internetGateway": "ec2:AttachInternetGateway",
  "ec2/natGateway": "ec2:CreateNatGateway",
  "ec2/eip": "ec2:AllocateAddress",
  "ec2/subnet": "ec2:CreateSubnet",
  "ec2/routeTable": "ec2:CreateRouteTable",
  "ec2/route": "ec2:CreateRoute",
  "ec2/routeTableAssociation": "ec2:AssociateRouteTable",
  "ec2/vpcEndpoint": "ec2:CreateVpcEndpoint",
  "ecr/pullThroughCacheRule": "ecr:CreatePullThroughCacheRule",
  "ec2/flowLog": "ec2:CreateFlowLogs",
  "ec2/securityGroup": "ec2:CreateSecurityGroup",
  "ec2/launchTemplate": "ec2:CreateLaunchTemplate",
  "vpc/securityGroupIngressRule": "ec2:AuthorizeSecurityGroupIngress",
  "vpc/securityGroupEgressRule": "ec2:AuthorizeSecurityGroupEgress",
  "cloudwatch/logGroup": "logs:CreateLogGroup",
  "iam/role": "iam:CreateRole",
  "iam/rolePolicy": "iam:PutRolePolicy",
  "iam/rolePolicyAttachment": "iam:AttachRolePolicy",
  "route53/record": "route53:ChangeResourceRecordSets",
  "eks/cluster": "eks:CreateCluster",
  "eks/nodeGroup": "eks:*",
  "eks/addon": "eks:*",
  "eks/accessEntry": "eks:*",
  "eks/accessPolicyAssociation": "eks:*",
  "eks/podIdentityAssociation": "eks:*",
  "rds/instance": "rds:CreateDBInstance",
  "rds/parameterGroup": "rds:CreateDBParameterGroup",
  "rds/subnetGroup": "rds:CreateDBSubnetGroup",
  "elasticache/replicationGroup": "elasticache:CreateReplicationGroup",
  "elasticache/parameterGroup": "elasticache:CreateCacheParameterGroup",
  "elasticache/subnetGroup": "elasticache:CreateCacheSubnetGroup",
  "elasticache/user": "elasticache:CreateUser",
  "elasticache/userGroup": "elasticache:CreateUserGroup",
  "elasticache/userGroupAssociation": "elasticache:ModifyUserGroup",
};

describe("the deployer's policies on AWS", () => {
  let plans: { stack: string; plan: Plan }[];
  before(async () => {
    const stacks = everyStack().filter(({ kind }) => kind === "eks");
    plans = [];
    for (const { stack, config, secretKeys } of stacks)
      plans.push({
        stack: keptName({ stack, config }),
        plan: await planOf({ stack, config, secretKeys }, false),
      });
  });
  const of = (type: string) => plans.flatMap(({ plan }) => plan.of(type));

  test("each is as short as IAM asks for, and opens no whole service but the stack's own cluster", () => {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: 6,144 characters without white space.
    for (const text of texts) assert.ok(text.replace(/\s/g, "").length <= 6144, `${text.replace(/\s/g, "").length}`);
    const whole = statements.filter(({ Action }) => Action.some((action) => action.endsWith(":*")));
    assert.deepEqual(
      whole.map(({ Sid }) => Sid),
      ["WithinTheCluster"],
    );
    for (const resource of named("WithinTheCluster").Resource) assert.match(resource, /\/NAME(\/\*)?$/);
    assert.ok(!actions.includes("kms:ScheduleKeyDeletion"), "the key of kept backups stays");
  });

  test("every type of resource that a stack makes can be made", () => {
    const types = new Set(
      plans.flatMap(({ plan }) => plan.registrations.map(({ type }) => type)).filter((type) => type.startsWith("aws:")),
    );
    for (const type of types) {
      const action = makes[type.split(":")[1]!];
      assert.ok(action, `${type}: no action is known here`);
      assert.ok(actions.includes(action), `${type}: ${action}`);
    }
  });

  test("roles are handed to the services that trust them, with the policies that they have", () => {
    const trusted = of("aws:iam/role:Role").flatMap(({ inputs }) =>
      (JSON.parse(inputs.assumeRolePolicy).Statement as { Principal: { Service: string } }[]).map(
        ({ Principal }) => Principal.Service,
      ),
    );
    const { "iam:PassedToService": services } = named("HandRolesOn").Condition!.StringEquals!;
    assert.deepEqual([...new Set(trusted)].sort(), services);
    // Those that the settings name for an app are added by whoever names them (docs/apps.md).
    const attached = of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .filter(({ parent }) => !parent.includes("switchboard:apps:AwsAccess"))
      .map(({ inputs }) => inputs.policyArn);
    assert.deepEqual([...new Set(attached)].sort(), named("PoliciesOfRoles").Condition!.ArnEquals!["iam:PolicyARN"]);
  });

  test("log groups, databases, buckets and the key have the names that the policies let it use", () => {
    const allowed = (sid: string) =>
      [named(sid).Resource].flat().map((arn) => arn.replace(/^.*ACCOUNT:|^arn:aws:s3:::/, ""));
    const fits = (sid: string, name: string, stack: string) =>
      assert.ok(
        allowed(sid).some((form) => {
          const literal = form.replace("NAME", `${project}-${stack}`).replace(/[.+?^${}()|[\]\\]/g, "\\$&");
          return new RegExp(`^${literal.replaceAll("*", ".*")}$`).test(name);
        }),
        `${sid}: ${name}`,
      );
    for (const { stack, plan } of plans) {
      for (const { inputs } of plan.of("aws:cloudwatch/logGroup:LogGroup"))
        fits("Logs", `log-group:${inputs.name}`, stack);
      for (const { inputs } of plan.of("aws:rds/instance:Instance")) fits("Postgres", `db:${inputs.identifier}`, stack);
      for (const { inputs } of plan.of("aws:s3/bucket:Bucket")) fits("BucketsOfApps", inputs.bucket, stack);
      for (const { inputs } of plan.of("aws:kms/alias:Alias")) fits("NameOfTheKey", inputs.name, stack);
      for (const { inputs } of plan.of("aws:elasticache/replicationGroup:ReplicationGroup"))
        fits("Redis", `replicationgroup:${inputs.replicationGroupId}`, stack);
    }
  });
});
