import type { CloudDoctor } from "../../shared/doctor";
import { account } from "./account";
import { ages } from "./ages";
import { apiReach } from "./apiReach";
import { quotas } from "./quotas";
import { region } from "./region";
import { stackVersions } from "./stackVersions";
import { kubernetesVersion } from "./versions";
import { zoneServers } from "./zone";

/** What the doctor asks of AWS. */
export const doctor: CloudDoctor = {
  programs: [{ name: "aws", least: "2.0.0", needed: true }],
  bucketScheme: "s3",
  clusterName: (fullName) => fullName,
  checks: [account, region, quotas, apiReach],
  ages: [ages],
  kubernetesVersion,
  versions: stackVersions,
  zoneServers,
};
