/** The least that a cluster of EKS must say. */
export function sample(): Record<string, unknown> {
  return {
    kind: "eks",
    accountId: "012345678901",
    region: "eu-west-1",
    version: "1.36",
    access: { deployer: "arn:aws:iam::012345678901:role/deployer" },
    pools: { apps: { machineType: "m7g.large", min: 2, max: 6 } },
  };
}
