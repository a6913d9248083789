import type { LeftBehind } from "../../shared/facts/life";
import { regionOf } from "./values";

/** The last snapshot of a server, which a `destroy` takes and leaves. */
export function snapshot(
  service: "RDS" | "ElastiCache",
  name: unknown,
  outputs: Readonly<Record<string, unknown>>,
): LeftBehind[] {
  if (typeof name !== "string") return [];
  const region = regionOf(outputs);
  const command =
    service === "RDS"
      ? `aws rds delete-db-snapshot --db-snapshot-identifier ${name} --region ${region}`
      : `aws elasticache delete-snapshot --snapshot-name ${name} --region ${region}`;
  return [{ what: `the last snapshot ${name} of ${service}`, todo: `when it is not needed any more: ${command}` }];
}
