import { z } from "zod";
import { choice, Problem, show, text } from "../../../schema/fields";

/** Services that nodes and pods of this platform talk to all the time; S3 has an endpoint that costs nothing already. */
const endpointServices = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "sts"];

/** Services of AWS that are reached inside the network, and not through the NAT gateways. */
export const interfaceEndpoints = () =>
  z
    .array(choice(endpointServices as [string, ...string[]]))
    .refine((given) => new Set(given).size === given.length, { error: "names a service twice; keep one" });

/** Registries that ECR keeps copies of (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html), and which ask for credentials. */
const upstreams = { "public.ecr.aws": false, "quay.io": false, "registry-1.docker.io": true, "registry.k8s.io": false };

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html, without a slash at its end. */
function parsePrefix(value: string): string {
  if (
    /^[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/.test(value) &&
    value.length >= 2 &&
    value.length <= 30
  )
    return value;
  throw new Problem(`${show(value)} is not a prefix of repositories; use 2 to 30 of a-z, 0-9, ".", "_", "-" and "/"`);
}

function parseSecretArn(value: string): string {
  if (/^arn:aws(-us-gov)?:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[\w+=,.@/-]+$/.test(value))
    return value;
  throw new Problem(
    `${show(value)} is not the ARN of a secret that ECR reads; its name begins with ecr-pullthroughcache/ (arn:aws:secretsmanager:REGION:ACCOUNT:secret:ecr-pullthroughcache/…)`,
  );
}

/** A copy of another registry's images in this account, which fills itself when one is pulled. */
export const imageCache = () =>
  z
    .strictObject({
      prefix: text(parsePrefix).describe(
        "what the names of its repositories begin with, one of this stack in the account; images are then named `<account>.dkr.ecr.<region>.amazonaws.com/<prefix>/…`",
      ),
      upstream: choice(Object.keys(upstreams) as [string, ...string[]])
        .prefault("public.ecr.aws")
        .describe("registry that it copies; `public.ecr.aws/docker/library` has the official images of Docker Hub"),
      credentials: text(parseSecretArn)
        .optional()
        .describe("ARN of the secret with user and token, which Docker Hub asks for; default: none"),
    })
    .superRefine(({ upstream, credentials }, context) => {
      if (!upstreams[upstream as keyof typeof upstreams] || credentials) return;
      context.addIssue({
        code: "custom",
        path: ["credentials"],
        message: `is not set, and ${upstream} asks for them; name the ARN of a secret, or use upstream "public.ecr.aws", which needs none`,
      });
    });
