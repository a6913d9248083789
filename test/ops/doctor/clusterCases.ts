import type { Case } from "./case";
import { foreign, printed, refused } from "./worlds";

/** What can be wrong with a cluster that somebody else runs. */
export const clusterCases: readonly Case[] = [
  [
    "no cluster",
    "lab",
    foreign,
    {
      "kubectl --context lab version --output json": refused("The connection to the server 127.0.0.1:6443 was refused"),
    },
    "failed",
    /context lab.*was refused/,
    /another context/,
  ],
  [
    "an old cluster",
    "lab",
    foreign,
    { "kubectl --context lab version --output json": printed({ serverVersion: { gitVersion: "v1.27.3" } }) },
    "failed",
    /1\.27\.3; 1\.29 or newer/,
    /upgrade/,
  ],
  [
    "no right",
    "lab",
    foreign,
    { "kubectl --context lab auth can-i create secrets --namespace switchboard": printed("no\n") },
    "failed",
    /may not create secrets/,
    /ClusterRole admin/,
  ],
  [
    "a namespace of somebody else",
    "lab",
    foreign,
    {
      "kubectl --context lab get namespaces --field-selector metadata.name=switchboard --output json": printed({
        items: [{ metadata: { name: "switchboard", labels: { team: "shop" } } }],
      }),
    },
    "failed",
    /namespace switchboard was not made by this program/,
    /cluster\.namespace/,
  ],
  [
    "a node away",
    "lab",
    foreign,
    {
      "kubectl --context lab get nodes --output json": printed({
        items: [{ metadata: { name: "two" }, status: { conditions: [{ type: "Ready", status: "Unknown" }] } }],
      }),
    },
    "advice",
    /1 of 1 nodes are not ready: two/,
    /describe/,
  ],
  [
    "no default storage class",
    "lab",
    foreign,
    { "kubectl --context lab get storageclasses --output json": printed({ items: [{ metadata: { name: "slow" } }] }) },
    "failed",
    /no default storage class/,
    /slow/,
  ],
];
