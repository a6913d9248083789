import { answered, type NewStackKind, smallCloud, zoneChanges, zoneQuestions } from "../shared/newStack";

const gke: NewStackKind = {
  base: "prod",
  offered: "Google Cloud: GKE, Cloud SQL, Memorystore",
  place: "Google Cloud",
  questions: [
    {
      key: "project",
      flag: "project",
      message: "Id of the Google project",
      help: "id of the Google project",
      settings: ["cluster.project"],
    },
    {
      key: "projectNumber",
      flag: "project-number",
      message: "Number of this project (gcloud projects describe PROJECT)",
      help: "number of the same project",
      settings: ["cluster.projectNumber"],
    },
    {
      key: "region",
      flag: "region",
      message: "Region",
      help: "region",
      settings: ["cluster.region"],
      suggestion: () => "europe-west1",
    },
  ],
  hostQuestions: zoneQuestions("Cloud DNS zone for them, by name"),
  // Artifact Registry: https://cloud.google.com/artifact-registry/docs/docker/names
  registry: ({ project, region }) => project && region && `${region}-docker.pkg.dev/${project}/switchboard`,
  changes: (given) =>
    answered([
      ["cluster.region", given.region],
      ["cluster.project", given.project],
      ["cluster.projectNumber", given.projectNumber],
      ...zoneChanges("name", given),
    ]),
  sizes: {
    small: [
      ["cluster.pools.system.min", 1],
      ["cluster.pools.system.max", 2],
      ["cluster.pools.apps.machineType", "e2-standard-2"],
      ["cluster.pools.apps.min", 2],
      ["cluster.pools.apps.max", 4],
      ["postgres.highAvailability", false],
      ["redis.highAvailability", false],
      ...smallCloud,
    ],
    production: [["operations.protect", true]],
  },
  up: "build the images, push them, and bring the stack up",
  // https://www.pulumi.com/docs/iac/concepts/secrets/#available-encryption-providers
  state: ({ project, region }) => ({
    backend: "gs://BUCKET",
    secretsProvider: `gcpkms://projects/${project}/locations/${region}/keyRings/switchboard/cryptoKeys/pulumi`,
  }),
};

/** What a new stack in Google Cloud is asked and made of, by its kind of cluster. */
export const newStack = { gke };
