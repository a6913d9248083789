import type { ParsedOf } from "../../../schema/sealed";
import { jsonOf, reachOfExisting } from "../../shared/doctor/apiReach";
import { complaint } from "../../shared/doctor/ask";
import { type Check, ok, unclear } from "../../shared/doctor/model";
import type { gkeCluster } from "../settings/cluster";

/** Whether this machine reaches the API server: of a cluster that is there it is tried, one that is made has a name. */
export const apiReach: Check = {
  area: "API server",
  applies: ({ settings }) => settings.cluster.kind === "gke",
  async run(subject, world) {
    const cluster = subject.settings.cluster as ParsedOf<typeof gkeCluster>;
    const { clusterName: name } = subject;
    const answer = await world.run(
      ...(["gcloud", "container", "clusters", "describe", name, "--location", cluster.region] as const),
      ...["--project", cluster.project, "--format", "json"],
    );
    const endpoints = jsonOf<{ controlPlaneEndpointsConfig?: { dnsEndpointConfig?: { endpoint?: string } } }>(answer);
    const server = endpoints?.controlPlaneEndpointsConfig?.dnsEndpointConfig?.endpoint;
    const todo = "let this machine reach *.gke.goog on port 443: IAM decides who gets in, no network has to be named";
    if (server) return reachOfExisting(name, `https://${server}`, subject, world, todo);
    if (answer.exitCode === 0)
      return [unclear(`cluster ${name} has no name for its API server yet`, "wait until it runs")];
    if (/code=404|not found/i.test(answer.stderr)) {
      return [ok("the API server will be reached by its name, where IAM decides: no network has to be named")];
    }
    return [unclear(`cluster ${name}: ${complaint("gcloud", answer)}`, "gcloud auth list")];
  },
};
