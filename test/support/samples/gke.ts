/** The smallest settings of a GKE cluster. */
export function sample(): Record<string, unknown> {
  return {
    kind: "gke",
    project: "switchboard-test",
    projectNumber: "123456789012",
    region: "europe-west1",
    pools: { apps: { machineType: "e2-standard-4", min: 2, max: 6 } },
  };
}
