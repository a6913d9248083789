import type { Case } from "./case";
import { google, notInstalled, printed, refused } from "./worlds";

const inProject = "--project switchboard-prod --format json";

/** What can be wrong with Google Cloud, and with the tools of any stack. */
export const googleCases: readonly Case[] = [
  [
    "old Node",
    "prod",
    google,
    { "node --version": printed("v18.20.0") },
    "failed",
    /node 18\.20\.0 is too old: 20\.19\.0/,
    /install/,
  ],
  [
    "no Pulumi",
    "prod",
    google,
    { "pulumi version": notInstalled },
    "failed",
    /pulumi is not installed/,
    /pulumi\.com\/docs\/install/,
  ],
  [
    "old Pulumi",
    "prod",
    google,
    { "pulumi version": printed("v3.100.0") },
    "failed",
    /pulumi 3\.100\.0 is too old/,
    /pulumi\.com/,
  ],
  [
    "no plugin for GKE",
    "prod",
    google,
    { "gke-gcloud-auth-plugin --version": notInstalled },
    "failed",
    /gke-gcloud-auth-plugin/,
    /gcloud components install/,
  ],
  [
    "no kubectl",
    "prod",
    google,
    { "kubectl version --client --output json": notInstalled },
    "advice",
    /kubectl is not installed: status/,
    /kubernetes\.io/,
  ],
  [
    "no buildx",
    "prod",
    google,
    { "docker buildx version": refused("docker: 'buildx' is not a docker command. error") },
    "failed",
    /buildx/,
    /Docker with buildx/,
  ],
  [
    "no backend",
    "prod",
    google,
    { "pulumi whoami --json": refused("error: PULUMI_ACCESS_TOKEN must be set") },
    "failed",
    /PULUMI_ACCESS_TOKEN/,
    /pulumi login gs:/,
  ],
  [
    "no such stack yet",
    "prod",
    google,
    { "pulumi stack ls --json": printed([]) },
    "advice",
    /stack prod is not in the backend/,
    /--secrets-provider/,
  ],
  [
    "nobody logged in",
    "prod",
    google,
    { "gcloud auth list --filter status:ACTIVE --format json": printed([]) },
    "failed",
    /nobody is logged in/,
    /gcloud auth login/,
  ],
  [
    "another project's number",
    "prod",
    google,
    {
      "gcloud projects describe switchboard-prod --format json": printed({
        projectNumber: "99",
        lifecycleState: "ACTIVE",
      }),
    },
    "failed",
    /123456789012 is not the number of switchboard-prod, which is 99/,
    /cluster\.projectNumber: "99"/,
  ],
  [
    "a project on its way out",
    "prod",
    google,
    {
      "gcloud projects describe switchboard-prod --format json": printed({
        projectNumber: "123456789012",
        lifecycleState: "DELETE_REQUESTED",
      }),
    },
    "failed",
    /DELETE_REQUESTED/,
    /restore/,
  ],
  [
    "no right to the project",
    "prod",
    google,
    {
      "gcloud projects describe switchboard-prod --format json": refused(
        "ERROR: (gcloud.projects.describe) PERMISSION_DENIED: The caller does not have permission",
      ),
    },
    "unknown",
    /PERMISSION_DENIED/,
    /docs\/production\.md/,
  ],
  [
    "an API is off",
    "prod",
    google,
    { [`gcloud services list --enabled ${inProject}`]: printed([]) },
    "failed",
    /container\.googleapis\.com, compute/,
    /gcloud services enable container\.googleapis\.com/,
  ],
  [
    "a region without zones",
    "prod",
    google,
    { [`gcloud compute zones list --filter region:europe-west1 ${inProject}`]: printed([]) },
    "failed",
    /europe-west1 has no zone/,
    /regions list/,
  ],
  [
    "a quota that is too small at once",
    "prod",
    google,
    {
      [`gcloud compute regions describe europe-west1 ${inProject}`]: printed({
        quotas: [{ metric: "STATIC_ADDRESSES", limit: 8, usage: 8 }],
      }),
    },
    "failed",
    /STATIC_ADDRESSES: 1 for the entrance; 0 of 8/,
    /ask for 9/,
  ],
  [
    "a quota that is too small one day",
    "prod",
    google,
    {
      [`gcloud compute regions describe europe-west1 ${inProject}`]: printed({
        quotas: [{ metric: "CPUS", limit: 24, usage: 0 }],
      }),
    },
    "advice",
    /CPUS: 50 for the most nodes .* 24 of 24/,
    /ask for 50/,
  ],
  [
    "an overlapping network",
    "prod",
    google,
    {
      [`gcloud compute networks subnets list ${inProject}`]: printed([
        { name: "office", network: "networks/vpn", ipCidrRange: "10.64.8.0/24" },
      ]),
    },
    "advice",
    /cluster\.network\.nodes 10\.64\.0\.0\/20 overlaps 10\.64\.8\.0\/24 of office in network vpn/,
    /cannot be changed later/,
  ],
  [
    "a version without support",
    "prod",
    google,
    {
      "gcloud container get-server-config --region europe-west1 --project switchboard-prod --format json": printed({
        channels: [{ channel: "REGULAR", defaultVersion: "1.34.6-gke.1" }],
      }),
    },
    "failed",
    /Kubernetes 1\.34 on GKE: support ended on 2026-10-01/,
    /raise/,
  ],
];
