import type { ParsedOf } from "../../../schema/sealed";
import { imagesIn } from "../../../schema/values/image";
import { ask } from "../../shared/doctor/ask";
import { type Check, type CloudSubject, certain, type Finding, ok, type World } from "../../shared/doctor/model";
import type { gkeCluster } from "../settings/cluster";

type Gke = ParsedOf<typeof gkeCluster>;

/** What the program calls; the data kinds and the DNS zone add theirs. */
const always = [
  "container",
  "compute",
  "cloudkms",
  "iam",
  "cloudresourcemanager",
  "servicenetworking",
  "logging",
  "monitoring",
];

/** The project, who asks, and the APIs. */
export const account: Check = {
  area: "account",
  applies: ({ settings }) => settings.cluster.kind === "gke",
  async run({ settings }, world) {
    const cluster = settings.cluster as Gke;
    const [person, project, apis] = await Promise.all([
      who(world),
      projectOf(cluster, world),
      enabled(settings, cluster, world),
    ]);
    return [...person, ...project, ...apis];
  },
};

async function who(world: World): Promise<Finding[]> {
  const asked = await ask<readonly { account: string; status: string }[]>(
    ...([
      world,
      "who is logged in",
      "gcloud",
      "auth",
      "list",
      "--filter",
      "status:ACTIVE",
      "--format",
      "json",
    ] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const active = asked.value[0]?.account;
  return [
    active
      ? ok(`logged in to Google Cloud as ${active}`)
      : certain(
          "account",
          "nobody is logged in to Google Cloud",
          "gcloud auth login && gcloud auth application-default login",
        ),
  ];
}

async function projectOf({ project, projectNumber }: Gke, world: World): Promise<Finding[]> {
  const asked = await ask<{ projectNumber: string; lifecycleState: string }>(
    ...([world, `project ${project}`, "gcloud", "projects", "describe", project, "--format", "json"] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const { projectNumber: number, lifecycleState } = asked.value;
  if (lifecycleState !== "ACTIVE") {
    return [
      certain("account", `cluster.project: ${project} is ${lifecycleState}`, "restore it, or name another project"),
    ];
  }
  if (String(number) !== projectNumber) {
    return [
      certain(
        "account",
        `cluster.projectNumber: ${projectNumber} is not the number of ${project}, which is ${number}`,
        `set cluster.projectNumber: "${number}" if this is the project that you mean`,
      ),
    ];
  }
  return [ok(`project ${project} (${number})`)];
}

async function enabled(
  settings: CloudSubject["settings"],
  { project, dnsZone }: Gke,
  world: World,
): Promise<Finding[]> {
  const asked = await ask<readonly { config: { name: string } }[]>(
    ...([world, "APIs", "gcloud", "services", "list", "--enabled", "--project", project, "--format", "json"] as const),
  );
  if ("finding" in asked) return [asked.finding];
  const needed = [
    ...always,
    ...(settings.postgres?.kind === "cloudSql" ? ["sqladmin"] : []),
    ...(settings.redis?.kind === "memorystore" ? ["redis"] : []),
    ...(dnsZone ? ["dns"] : []),
    ...(imagesIn(settings).some(({ repository }) => /(^|-docker\.)pkg\.dev\//.test(repository))
      ? ["artifactregistry"]
      : []),
  ].map((name) => `${name}.googleapis.com`);
  const on = new Set(asked.value.map(({ config }) => config.name));
  const missing = needed.filter((name) => !on.has(name));
  if (missing.length === 0) return [ok(`${needed.length} APIs are enabled`)];
  return [
    certain(
      "account",
      `these APIs are not enabled in ${project}: ${missing.join(", ")}`,
      `gcloud services enable ${missing.join(" ")} --project ${project}`,
    ),
  ];
}
