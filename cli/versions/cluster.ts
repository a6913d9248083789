import { kubernetes } from "../../components/calendar/kubernetes";
import { lineOf, minorAfter, olderFirst } from "../../components/calendar/order";
import { fromTable, newerLines, type VersionFact } from "../../components/clouds/shared/versions";

/** What a cluster that is there already tells of itself. */
export interface ServerVersions {
  /** `v1.36.2+k3s1` */
  readonly server: string;
  /** Of the nodes; none where they may not be listed. */
  readonly kubelets: readonly string[];
}

/** A cluster that nobody's cloud upgrades for the stack, against the calendar of Kubernetes. */
export function clusterFacts(found: ServerVersions | { readonly problem: string }, now: Date): VersionFact[] {
  const what = "Kubernetes";
  if ("problem" in found) return [{ what, sources: [], notes: [found.problem], setting: "the cluster's own tool" }];
  const { server, kubelets } = found;
  const setting = toolOf(server);
  const line = lineOf(server, 2) ?? server;
  const after = minorAfter(line);
  const [oldest] = [...kubelets].sort(olderFirst);
  const nodeLine = oldest && lineOf(oldest, 2);
  const fact = (name: string, version: string, of: string, next: string | undefined): VersionFact => {
    const known = fromTable(kubernetes, of, now);
    return {
      ...known,
      what: name,
      now: version,
      setting,
      sources: ["cluster", ...known.sources],
      ...(next && { next }),
    };
  };
  return [
    fact(what, server, line, newerLines(kubernetes, line, now).includes(after) ? after : undefined),
    // Nodes of the same version say nothing more.
    ...(oldest && nodeLine && nodeLine !== line ? [fact("oldest node", oldest, nodeLine, line)] : []),
  ];
}

/** Who raises a cluster, by what its version ends with. */
function toolOf(server: string): string {
  if (server.includes("+k3s")) return "k3s: install a newer one on each node";
  if (server.includes("+rke2")) return "RKE2: install a newer one on each node";
  if (server.includes("-eks-")) return "EKS: aws eks update-cluster-version";
  if (server.includes("-gke.")) return "GKE: gcloud container clusters upgrade";
  return "the cluster's own tool";
}
