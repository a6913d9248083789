import type { ParsedOf } from "../../../schema/sealed";
import { type Check, certain, type Finding, ok, unclear, type World } from "../../shared/doctor/model";
import type { gkeCluster } from "../settings/cluster";

type Gke = ParsedOf<typeof gkeCluster>;

/** Of each kind of thing that a stack makes the right without which none is made. */
const needed = {
  always: [
    ...["compute.addresses.create", "compute.networks.create", "compute.routers.create", "compute.subnetworks.create"],
    ...["container.clusters.create", "container.clusters.connect", "cloudkms.keyRings.create"],
    ...["cloudkms.cryptoKeys.create", "cloudkms.cryptoKeys.setIamPolicy", "iam.serviceAccounts.create"],
    ...["resourcemanager.projects.setIamPolicy", "servicenetworking.services.addPeering"],
  ],
  cloudSql: ["cloudsql.instances.create", "cloudsql.users.create"],
  memorystore: ["redis.instances.create", "redis.instances.getAuthString"],
  dns: ["dns.resourceRecordSets.create"],
  buckets: ["storage.buckets.create"],
};

/** Rules of an organization that leave no way for a stack, with what each of them forbids. */
const rules: readonly { constraint: string; forbids: string; isOn: (policy: Policy) => boolean }[] = [
  {
    constraint: "iam.disableServiceAccountCreation",
    forbids: "service accounts, and the nodes need one of their own",
    isOn: ({ booleanPolicy }) => booleanPolicy?.enforced === true,
  },
  {
    constraint: "compute.restrictVpcPeering",
    forbids: "peerings, and managed data are reached through one",
    isOn: ({ listPolicy }) => listPolicy?.allValues === "DENY",
  },
];

interface Policy {
  readonly booleanPolicy?: { readonly enforced?: boolean };
  readonly listPolicy?: { readonly allValues?: string };
}

/** Whether the credentials that the provider takes may make the stack: they are not those that `gcloud` uses. */
export const rights: Check = {
  area: "rights",
  applies: ({ settings }) => settings.cluster.kind === "gke",
  async run({ settings }, world) {
    const { project, dnsZone } = settings.cluster as Gke;
    const hasBuckets = Object.values(settings.apps ?? {}).some(({ buckets }) => Object.keys(buckets).length > 0);
    const wanted = [
      ...needed.always,
      ...(settings.postgres?.kind === "cloudSql" ? needed.cloudSql : []),
      ...(settings.redis?.kind === "memorystore" ? needed.memorystore : []),
      ...(hasBuckets ? needed.buckets : []),
      ...(dnsZone && (dnsZone.project ?? project) === project ? needed.dns : []),
    ];
    const found = await Promise.all([
      permitted(project, wanted, world),
      ...rules.map((rule) => ruled(project, rule, world)),
    ]);
    return found.flat();
  },
};

const manager = "https://cloudresourcemanager.googleapis.com/v1/projects";

async function permitted(project: string, permissions: readonly string[], world: World): Promise<Finding[]> {
  const answer = await world.google("POST", `${manager}/${project}:testIamPermissions`, { permissions });
  if (!answer) {
    return [
      certain(
        "rights.credentials",
        "there are no application-default credentials, which the provider of Google Cloud takes; a log-in of gcloud alone is none",
        "gcloud auth application-default login, or GOOGLE_APPLICATION_CREDENTIALS",
      ),
    ];
  }
  if (answer.status !== 200) {
    const why = answer.status === 0 ? String(answer.body ?? "nobody answered") : `HTTP ${answer.status}`;
    const todo =
      answer.status === 0
        ? "where they are those of a log-in that is over: gcloud auth application-default login"
        : "see that the project is the one meant, and that these credentials may see it";
    return [unclear(`what the application-default credentials may do in ${project} could not be asked: ${why}`, todo)];
  }
  const held = new Set((answer.body as { permissions?: string[] } | undefined)?.permissions ?? []);
  const missing = permissions.filter((permission) => !held.has(permission));
  if (missing.length === 0) return [ok(`the application-default credentials may make everything in ${project}`)];
  return [
    certain(
      "rights.permissions",
      `the application-default credentials lack in ${project}: ${missing.join(", ")}`,
      "give them the roles of docs/production.md, or log in as who has them: gcloud auth application-default login",
    ),
  ];
}

/** Who may not see the organization's rules is told nothing of them. */
async function ruled(project: string, rule: (typeof rules)[number], world: World): Promise<Finding[]> {
  const { constraint, forbids, isOn } = rule;
  const body = { constraint: `constraints/${constraint}` };
  const answer = await world.google("POST", `${manager}/${project}:getEffectiveOrgPolicy`, body);
  if (answer?.status !== 200 || !isOn((answer.body ?? {}) as Policy)) return [];
  return [
    certain(
      `rights.${constraint}`,
      `the organization forbids ${project} ${forbids} (constraints/${constraint})`,
      "ask whoever keeps the organization's rules for an exception for this project, or name another project",
    ),
  ];
}
