/** Changes that EKS would refuse half-way through an update, found in its preview. */
type Inputs = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a change of the control plane. It goes up one minor version at a time and never down
 * (https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html).
 */
export function versionProblem(before: Inputs, after: Inputs): string | undefined {
  const [from, to] = [minor(before.version), minor(after.version)];
  if (from === undefined || to === undefined || to === from || to === from + 1) return undefined;
  const change = `1.${from} → 1.${to}`;
  return to < from
    ? `cluster.version: a control plane cannot go back: ${change}; set it to "1.${from}" or "1.${from + 1}"`
    : `cluster.version: the control plane may move one minor at a time: ${change}; set it to "1.${from + 1}" first`;
}

function minor(version: unknown): number | undefined {
  const [, digits] = /^1\.(\d+)$/.exec(String(version)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * What is wrong with a change of a pool's size. The autoscaler owns the number of nodes, so the update keeps the number
 * that this stack last saw, and EKS refuses one that is outside the new bounds.
 */
export function scalingProblem(pool: string): (before: Inputs, after: Inputs) => string | undefined {
  return (_before, after) => {
    const { minSize, maxSize, desiredSize } = (after.scalingConfig ?? {}) as Record<string, number | undefined>;
    if (typeof desiredSize !== "number" || typeof minSize !== "number" || typeof maxSize !== "number") return undefined;
    const outside =
      desiredSize < minSize
        ? `min asks for ${minSize} nodes`
        : desiredSize > maxSize
          ? `max allows ${maxSize} nodes`
          : undefined;
    if (!outside) return undefined;
    return (
      `cluster.pools.${pool}: ${outside}, and this stack last saw ${desiredSize}, which the autoscaler owns; ` +
      "bring the number within the new bounds first (aws eks update-nodegroup-config --scaling-config desiredSize=…), " +
      "then run pulumi up --refresh"
    );
  };
}
