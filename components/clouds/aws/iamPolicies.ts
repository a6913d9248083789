/** What each part of the cluster may do in the account, as pure documents. */
import type { Input } from "@pulumi/pulumi";
import { type Account, clusterArn, document, type PolicyDocument, type Statement } from "./account";

/** A service of AWS may take the role on. */
export function trustOf(service: string, condition?: Statement["Condition"]): PolicyDocument {
  return document({
    Effect: "Allow",
    Principal: { Service: service },
    Action: ["sts:AssumeRole"],
    ...(condition ? { Condition: condition } : {}),
  });
}

/** A service account of a cluster. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The pods of one service account of one cluster may take the role on, and no other association in the account gives it
 * to anyone else (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, "Setting conditions").
 */
export function podTrust(account: Account, { namespace, name }: ServiceAccount): PolicyDocument {
  return document({
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:RequestTag/eks-cluster-arn": clusterArn(account),
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": name,
      },
    },
  });
}

const useKey = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];

/**
 * Who may use the key of the stack. The account's own IAM decides (without this statement nobody could ever change the
 * key again); CloudWatch may, for the logs of this account; and the role that Auto Scaling starts nodes with, because
 * their disks are encrypted with it. That role is named in a condition and not as the principal: AWS makes it with the
 * first node of an account, and refuses a key whose policy names a principal that is not there
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html).
 */
export function keyPolicy({ partition, region, id }: Account): PolicyDocument {
  const autoScaling = {
    StringEquals: { "kms:CallerAccount": id },
    ArnEquals: {
      "aws:PrincipalArn": `arn:${partition}:iam::${id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    },
  };
  return document(
    {
      Sid: "AccountDecides",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${id}:root` },
      Action: ["kms:*"],
      Resource: "*",
    },
    {
      Sid: "LogsOfThisAccount",
      Effect: "Allow",
      Principal: { Service: `logs.${region}.amazonaws.com` },
      Action: useKey,
      Resource: "*",
      Condition: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${id}:log-group:*` },
      },
    },
    {
      Sid: "DisksOfNodes",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: useKey,
      Resource: "*",
      Condition: autoScaling,
    },
    {
      Sid: "GrantsForDisksOfNodes",
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: ["kms:CreateGrant"],
      Resource: "*",
      Condition: { ...autoScaling, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  );
}

/** The control plane encrypts Secrets. */
export function secretsPolicy(key: Input<string>): PolicyDocument {
  return document({
    Effect: "Allow",
    Action: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"],
    Resource: key,
  });
}

/** The driver of volumes encrypts them; the rest of its rights is a policy of AWS. */
export function volumeKeyPolicy(key: Input<string>): PolicyDocument {
  return document(
    { Effect: "Allow", Action: useKey, Resource: key },
    {
      Effect: "Allow",
      Action: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      Resource: key,
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  );
}

/** The network writes down its connections (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html). */
export function flowLogPolicy(logGroup: Input<string>, streams: Input<string>): PolicyDocument {
  return document({
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
    Resource: [logGroup, streams],
  });
}

/**
 * The autoscaler sees every group and changes those of this cluster
 * (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md, "Full Cluster
 * Autoscaler Features Policy"). EKS itself puts the tag on the groups that it makes.
 */
export function autoscalerPolicy(account: Account): PolicyDocument {
  const { partition, region, id, fullName } = account;
  return document(
    {
      Sid: "See",
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      Resource: "*",
    },
    {
      Sid: "SeePools",
      Effect: "Allow",
      Action: ["eks:DescribeNodegroup"],
      Resource: `arn:${partition}:eks:${region}:${id}:nodegroup/${fullName}/*`,
    },
    {
      Sid: "ScaleOwnGroups",
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: `arn:${partition}:autoscaling:${region}:${id}:autoScalingGroup:*`,
      Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${fullName}`]: "owned" } },
    },
  );
}

/** cert-manager proves host names by records of one kind in one zone (https://cert-manager.io/docs/configuration/acme/dns01/route53/). */
export function dnsSolverPolicy({ partition }: Account, zoneId: string, hostnames: readonly string[]): PolicyDocument {
  const zone = `arn:${partition}:route53:::hostedzone/${zoneId}`;
  return document(
    { Effect: "Allow", Action: ["route53:GetChange"], Resource: `arn:${partition}:route53:::change/*` },
    { Effect: "Allow", Action: ["route53:ListResourceRecordSets"], Resource: zone },
    {
      Effect: "Allow",
      Action: ["route53:ChangeResourceRecordSets"],
      Resource: zone,
      Condition: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": hostnames.map((host) => `_acme-challenge.${host}`),
          "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
        },
      },
    },
  );
}

/** What is done with the objects of a bucket. An earlier version of one is deleted by its age alone. */
const useObjects = [
  "s3:AbortMultipartUpload",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:ListMultipartUploadParts",
  "s3:PutObject",
];
/** What is asked of the bucket itself. */
const lookAtBucket = [
  "s3:GetBucketLocation",
  "s3:ListBucket",
  "s3:ListBucketMultipartUploads",
  "s3:ListBucketVersions",
];

/** An app reads and writes the objects of its buckets, and uses the key for them alone. */
export function bucketStatements(
  { region }: Account,
  arns: readonly string[],
  key: Input<string>,
): readonly Statement[] {
  const objects = arns.map((arn) => `${arn}/*`);
  // With a key of the bucket the context is the bucket, else the object.
  const ofBuckets = { "kms:EncryptionContext:aws:s3:arn": [...arns, ...objects] };
  return [
    { Effect: "Allow", Action: lookAtBucket, Resource: arns },
    { Effect: "Allow", Action: useObjects, Resource: objects },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: key,
      Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` }, StringLike: ofBuckets },
    },
  ];
}

/**
 * Nobody reaches a bucket without TLS.
 *
 * @param reader ARN of a role that may read and write it, though its own policies do not say so
 */
export function bucketPolicy(arn: string, reader: string | undefined): PolicyDocument {
  const both = [arn, `${arn}/*`];
  const insecure: Statement = {
    Sid: "OnlyByTls",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["s3:*"],
    Resource: both,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  if (reader === undefined) return document(insecure);
  const principal = { AWS: reader };
  return document(
    insecure,
    { Sid: "LookAtBucket", Effect: "Allow", Principal: principal, Action: lookAtBucket, Resource: arn },
    { Sid: "UseObjects", Effect: "Allow", Principal: principal, Action: useObjects, Resource: `${arn}/*` },
  );
}

/**
 * Nodes fill the copy of another registry: the first pull of an image makes its repository
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html).
 */
export function imageCachePolicy({ partition, region, id }: Account, prefix: string): PolicyDocument {
  return document({
    Effect: "Allow",
    Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
    Resource: `arn:${partition}:ecr:${region}:${id}:repository/${prefix}/*`,
  });
}
