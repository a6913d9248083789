import { calendarDate, daysUntil, eksSupport, newestEks, planningDays } from "../../clouds/aws/settings/calendar";
import { show } from "../../schema/fields";
import type { Check } from "./check";

/**
 * Kubernetes against the calendar of EKS. Past the support that `cluster.supportPolicy` allows EKS makes no cluster of a
 * version, and has raised an existing one by itself: an `up` would then ask for a downgrade. A version whose dates are not
 * known here is newer than they are.
 */
export const kubernetesVersion: Check = ({ cluster }, { errors, warnings }, now) => {
  if (cluster?.kind !== "eks") return;
  const { version, supportPolicy } = cluster;
  const support = eksSupport[version];
  if (!support) return;
  const key = `cluster.version: ${show(version)}`;
  const asOf = `as of ${calendarDate}`;
  const newer =
    version === newestEks ? "see a newer Switchboard for the next one" : `EKS offers up to ${show(newestEks)}`;
  const todo = `raise it, one minor at a time where the cluster is there; ${newer}`;
  const extends_ = supportPolicy === "EXTENDED" && support.extended !== undefined;
  const end = extends_ ? support.extended! : support.until;
  if (daysUntil(end, now) < 0) {
    const instead = extends_ || !support.extended || daysUntil(support.extended, now) < 0;
    errors.push(
      `${key} is out of ${extends_ ? "extended" : "standard"} support on EKS since ${end} (${asOf}), and EKS raises it by itself; ${todo}${instead ? "" : '; or set cluster.supportPolicy to "EXTENDED"'}`,
    );
  } else if (daysUntil(support.until, now) < 0) {
    warnings.push(`${key} is in extended support on EKS until ${end} (${asOf}), at six times the price; ${todo}`);
  } else if (daysUntil(support.until, now) < planningDays) {
    warnings.push(`${key} is supported on EKS until ${support.until} (${asOf}); plan for it: ${todo}`);
  }
};
