import type { Check, Layers } from "./check";

type Operated = Extract<NonNullable<Layers["postgres"]>, { readonly kind: "cloudNativePg" }>;

function operatedOf({ postgres }: Layers): Operated | undefined {
  return postgres?.kind === "cloudNativePg" ? (postgres as Operated) : undefined;
}

/** One server is an outage whenever it is moved, and a copy that lacks commits is a loss when it takes over. */
const takeover: Check = (settings, found) => {
  const postgres = operatedOf(settings);
  if (!postgres) return;
  const { instances, synchronous } = postgres;
  if (instances < 2)
    return found.refuseInProduction(
      `postgres.instances: ${instances} means an outage whenever its pod is moved; use 2 or more`,
    );
  if (synchronous === "none")
    found.refuseInProduction(
      'postgres.synchronous: "none" loses the last commits when another server takes over; use preferred, or required',
    );
  if (synchronous === "required" && instances === 2)
    found.warnings.push(
      'postgres.synchronous: "required" with instances: 2 means that nothing is written while one of them is away; use 3 instances, or preferred',
    );
};

/** What the stack does not make, and what nobody knows before an `up`. */
const ofOthers: Check = (settings, found) => {
  if (!operatedOf(settings)) return;
  found.warnInProduction(
    'postgres.kind: "cloudNativePg" has no backup that this stack makes; add a ScheduledBackup of the operator, or back the volumes up by your own means',
  );
  found.warnings.push(
    'postgres.kind: "cloudNativePg" needs the CloudNativePG operator, which is not this stack\'s: a preview sees whether the cluster has its kind, and not whether the operator runs and the servers come up. The up waits for them before anything is rolled out',
  );
};

/** What concerns a Postgres that the CloudNativePG operator runs. */
export const cloudNativePgChecks: readonly Check[] = [takeover, ofOthers];
