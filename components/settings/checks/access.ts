import { hasIdentity, isShutIn } from "../../apps/declared/identity";
import { cloudOf, clouds } from "../../clouds";
import type { CloudModule } from "../../clouds/shared/module";
import { show } from "../../schema/fields";
import type { Check } from "./check";

/** The kinds of cluster whose apps can be somebody in the cloud. */
function clustersWithIdentity(): string[] {
  return Object.values<CloudModule>(clouds).flatMap(({ cluster, identity }) =>
    Object.keys(identity).length > 0 ? Object.keys(cluster) : [],
  );
}

/** An identity is of the cloud that the cluster stands in, and so are buckets. */
const sameCloud: Check = ({ cluster, apps = {} }, { errors }) => {
  if (!cluster) return;
  const own = Object.keys(cloudOf("cluster", cluster.kind)?.identity ?? {});
  const elsewhere = `cluster.kind ${cluster.kind} has no cloud in which the program makes anything`;
  const needs = `use cluster.kind ${clustersWithIdentity().join(" or ")}`;
  for (const [name, { identity, buckets }] of Object.entries(apps)) {
    const key = `apps.${name}`;
    if (identity && own.length === 0)
      errors.push(
        `${key}.identity: ${elsewhere}, so an app is nobody there; remove it and give the app credentials of your own in secretFrom, or ${needs}`,
      );
    else if (identity && !own.includes(identity.kind)) {
      const clusters = Object.keys(cloudOf("identity", identity.kind)?.cluster ?? {});
      errors.push(
        `${key}.identity.kind: ${show(identity.kind)} needs cluster.kind ${clusters.join(" or ")}; this stack has ${cluster.kind}: use ${own.join(" or ")}`,
      );
    }
    if (Object.keys(buckets).length > 0 && own.length === 0)
      errors.push(
        `${key}.buckets: ${elsewhere}, a bucket neither; remove it and name a bucket of your own in env, its credentials in secretFrom, or ${needs}`,
      );
  }
};

/** Whoever is somebody in the cloud also needs a way to it. */
const wayOut: Check = ({ apps = {} }, { warnings }) => {
  for (const [name, app] of Object.entries(apps))
    if (hasIdentity(app) && isShutIn(app))
      warnings.push(
        `apps.${name}.${app.identity ? "identity" : "buckets"}: no pod of it may connect to the cloud, whose APIs are on the internet; add internet to the egress of each process, schedule, release or after that uses it`,
      );
};

/** What concerns the identities and the buckets of apps. */
export const accessChecks: readonly Check[] = [sameCloud, wayOut];
