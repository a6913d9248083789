import type { Facts } from "../../clouds/shared/facts";
import { access } from "./access";
import { autoscaler } from "./autoscaler";
import { certificate } from "./certificate";
import { configMap } from "./configMap";
import { customResource } from "./customResource";
import { disruptionBudget } from "./disruptionBudget";
import { externalSecret } from "./externalSecret";
import { gateway } from "./gateway";
import { job } from "./job";
import { namespace } from "./namespace";
import { networkPolicy } from "./networkPolicy";
import { postgresCluster } from "./postgresCluster";
import { release } from "./release";
import { secret } from "./secret";
import { service } from "./service";
import { statefulSet } from "./statefulSet";
import { storageClass } from "./storageClass";
import { volumeClaim } from "./volumeClaim";
import { workload } from "./workload";

/** Kinds of objects of a cluster. */
export const facts: Facts = {
  ...namespace,
  ...workload,
  ...statefulSet,
  ...postgresCluster,
  ...volumeClaim,
  ...storageClass,
  ...job,
  ...service,
  ...gateway,
  ...networkPolicy,
  ...disruptionBudget,
  ...autoscaler,
  ...configMap,
  ...secret,
  ...externalSecret,
  ...access,
  ...certificate,
  ...customResource,
  ...release,
};
