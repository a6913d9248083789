import type { CloudDoctor } from "../../shared/doctor";
import { clusterNameOf } from "../names";
import { account } from "./account";
import { apiReach } from "./apiReach";
import { region } from "./region";
import { rights } from "./rights";
import { stackVersions } from "./stackVersions";
import { kubernetesVersion } from "./versions";
import { zoneServers } from "./zone";

/** What the doctor asks of Google Cloud. */
export const doctor: CloudDoctor = {
  programs: [
    { name: "gcloud", needed: false },
    { name: "gke-gcloud-auth-plugin", needed: true },
  ],
  bucketScheme: "gs",
  clusterName: clusterNameOf,
  checks: [account, rights, region, apiReach],
  ages: [],
  kubernetesVersion,
  versions: stackVersions,
  zoneServers,
};
