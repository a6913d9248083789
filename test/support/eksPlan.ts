import { smallConfig } from "./config";
import { type Plan, plan } from "./plan";
import { sample } from "./samples/eks";

/** A cluster with every kind of pool, a DNS zone, and more people than the deployer. */
export function largeCluster(changes: object = {}): Record<string, unknown> {
  return {
    ...sample(),
    access: {
      deployer: "arn:aws:iam::012345678901:role/deployer",
      administrators: ["arn:aws:iam::012345678901:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123"],
      viewers: ["arn:aws:iam::012345678901:role/support"],
    },
    api: { public: true, allowedCidrs: ["198.51.100.0/24"], privateCidrs: ["10.8.0.0/16"] },
    dnsZone: { id: "Z0123456789ABC", domain: "example.com" },
    pools: {
      system: { machineType: "t3.large", role: "system", min: 2, max: 3 },
      apps: { machineType: "m7g.large", min: 2, max: 6, upgrade: { maxUnavailable: 2 } },
      spot: { machineType: "m7g.large", alternatives: ["m6g.large"], role: "apps", min: 0, max: 6, spot: true },
      data: { machineType: "r7g.large", role: "data", min: 2, max: 3, labels: { team: "data" } },
    },
    ...changes,
  };
}

const digest = `sha256:${"0".repeat(64)}`;
const pinned = (part: string) => ({ image: `registry.example/${part}:1.0.0@${digest}` });

/** The whole platform on EKS, as an update sees it. A protected one keeps its data in the cluster, and says so. */
export function eksPlan(
  cluster: object = sample(),
  options: { preview?: boolean; isProtected?: boolean } = {},
): Promise<Plan> {
  const { preview = false, isProtected = false } = options;
  const operations = {
    stage: "test",
    rolloutTimeoutSeconds: 1200,
    ...(isProtected ? { protect: true, unprotected: ["postgres-server"] } : {}),
  };
  const images = Object.fromEntries(["postgres", "redis", "panel", "chat", "edge"].map((part) => [part, pinned(part)]));
  return plan(smallConfig({ cluster, ...images, operations }), { preview });
}
