import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GkeClusterSettings } from "../../../../../components/clouds/gcp/settings/cluster";
import {
  bootDiskType,
  parseGoogleRegion,
  parseMachineType,
  takesPersistentDisks,
} from "../../../../../components/clouds/gcp/settings/values";
import { sample } from "../../../../support/samples/gke";
import { parse, problems } from "../../../settings/stack";

/** The errors of the sample cluster with some settings changed. */
function wrong(changes: object): readonly string[] {
  return problems((raw) => {
    raw.cluster = { ...sample(), ...changes };
  }).map((text) => text.replace(/^cluster\./, ""));
}

function settings(changes: object = {}): GkeClusterSettings {
  return parse((raw) => {
    raw.cluster = { ...sample(), ...changes };
  }).cluster as GkeClusterSettings;
}

const apps = { machineType: "e2-standard-4", min: 2, max: 6 };
const pools = (changes: object) => ({ pools: { apps: { ...apps, ...changes } } });
const upgrade = (changes: object) => pools({ upgrade: changes });
const maintenance = (changes: object) => ({ maintenance: changes });
const zone = { name: "example-zone", domain: "example.com" };

test("the smallest settings are filled up with defaults", () => {
  const { pools: parsed, ...rest } = settings();
  assert.deepEqual(rest, {
    kind: "gke",
    namespace: "switchboard",
    project: "switchboard-test",
    projectNumber: "123456789012",
    region: "europe-west1",
    releaseChannel: "REGULAR",
    network: { nodes: "10.64.0.0/20", pods: "10.65.0.0/16", services: "10.66.0.0/20", managedServices: "10.67.0.0/20" },
    api: { allowedCidrs: [] },
    maintenance: { days: ["monday", "tuesday", "wednesday", "thursday"], start: "02:00", hours: 4, exclusions: {} },
    grantRepositories: true,
  });
  assert.deepEqual(parsed, {
    apps: {
      ...apps,
      role: "apps",
      spot: false,
      diskGiB: 50,
      labels: {},
      taints: [],
      upgrade: { strategy: "surge", maxSurge: 1, maxUnavailable: 0 },
    },
  });
});

test("blue and green nodes have times of their own", () => {
  const { apps: pool } = settings(upgrade({ strategy: "blueGreen", soakMinutes: 30 })).pools as Record<string, any>;
  assert.deepEqual(pool.upgrade, { strategy: "blueGreen", batchPercent: 25, batchSoakMinutes: 1, soakMinutes: 30 });
});

const cases: [changes: object, ...expected: string[]][] = [
  [
    { project: undefined },
    "project: is not set; add it to Pulumi.dev.yaml (id of the project that everything is made in)",
  ],
  [
    { project: "123456789012" },
    'project: "123456789012" is a project\'s number; give its id here, and the number in projectNumber (gcloud projects list shows both)',
  ],
  [
    { project: "My Project" },
    'project: "My Project" is not the id of a project; use 6 to 30 lower-case letters, digits and "-", with a letter first and no "-" at the end (gcloud projects list)',
  ],
  [{ projectNumber: 123456789012 }, 'projectNumber: 123456789012 is not text; quote it: "123456789012"'],
  [
    { projectNumber: "switchboard-test" },
    "projectNumber: \"switchboard-test\" is not the number of a project; use the digits that this shows: gcloud projects describe <project> --format='value(projectNumber)'",
  ],
  [
    { region: undefined },
    "region: is not set; add it to Pulumi.dev.yaml (region of the cluster, its network and its data, e.g. europe-west1)",
  ],
  [{ region: "eu-west-1" }, 'region: "eu-west-1" is a region of AWS; use one of Google Cloud, e.g. "europe-west1"'],
  [
    { region: "us-gov-west-1" },
    'region: "us-gov-west-1" is a region of AWS; use one of Google Cloud, e.g. "europe-west1"',
  ],
  [
    { region: "europe-west1-b" },
    'region: "europe-west1-b" is a zone; use its region "europe-west1", and zones for the nodes',
  ],
  [{ region: "europe-wset1" }, 'region: "europe-wset1" is not a region of Google Cloud; did you mean "europe-west1"?'],
  [
    { region: "moon" },
    'region: "moon" is not a region of Google Cloud; use e.g. "europe-west1" (gcloud compute regions list)',
  ],
  [{ zones: ["us-central1-a"] }, 'zones[0]: "us-central1-a" is not in region "europe-west1"; name zones of it'],
  [{ zones: ["europe-west1"] }, 'zones[0]: "europe-west1" is a region; name its zones, e.g. "europe-west1-b"'],
  [{ zones: ["europe-west1-b", "europe-west1-b"] }, 'zones[1]: "europe-west1-b" is named twice; name each once'],
  [
    { zones: ["b"] },
    'zones[0]: "b" is not a zone of Google Cloud; use e.g. "europe-west1-b" (gcloud compute zones list)',
  ],
  [{ zones: [] }, "zones: is an empty list; name zones, or remove the key"],
  [
    { releaseChannel: "latest" },
    'releaseChannel: "latest" is not supported; use one of RAPID, REGULAR, STABLE, EXTENDED',
  ],
  [
    { kubernetesVersion: "1.22" },
    "kubernetesVersion: unknown key; use one of kind, namespace, project, projectNumber, region, zones, releaseChannel, network, api, maintenance, pools, grantRepositories, dnsZone",
  ],
  [
    { machineTyp: "x" },
    "machineTyp: unknown key; use one of kind, namespace, project, projectNumber, region, zones, releaseChannel, network, api, maintenance, pools, grantRepositories, dnsZone",
  ],
  [pools({ machineType: "t3.large" }), 'pools.apps.machineType: "t3.large" is a type of AWS; use e.g. "e2-standard-4"'],
  [
    pools({ machineType: "u-6tb1.metal" }),
    'pools.apps.machineType: "u-6tb1.metal" is a type of AWS; use e.g. "e2-standard-4"',
  ],
  [
    pools({ machineType: "Standard_D4s_v5" }),
    'pools.apps.machineType: "Standard_D4s_v5" is a type of Azure; use e.g. "e2-standard-4"',
  ],
  [
    pools({ machineType: "e2-standard" }),
    'pools.apps.machineType: "e2-standard" is not a machine type; use e.g. "e2-standard-4" (gcloud compute machine-types list)',
  ],
  [
    pools({ machineType: "e2-micro" }),
    'pools.apps.machineType: "e2-micro" has too little memory for the cluster\'s own pods; use "e2-medium" or larger',
  ],
  [
    pools({ machineType: "c4a-standard-4" }),
    'pools.apps.machineType: "c4a-standard-4" is an Arm machine, on which GKE lets no pod that does not ask for it; use e.g. "e2-standard-4"',
  ],
  [pools({ min: 9 }), "pools.apps.min: 9 is above max (6); lower min or raise max"],
  [
    { pools: { [`a${"b".repeat(18)}`]: apps } },
    'pools.abbbbbbbbbbbbbbbbbb: "abbbbbbbbbbbbbbbbbb" has 19 characters; use at most 18',
  ],
  [
    upgrade({ maxSurge: 0 }),
    "pools.apps.upgrade.maxSurge: maxSurge 0 and maxUnavailable 0 exchange nothing; use 1 to 20 together",
  ],
  [
    upgrade({ maxSurge: 15, maxUnavailable: 6 }),
    "pools.apps.upgrade.maxSurge: maxSurge 15 and maxUnavailable 6 exchange 21 nodes at once; use 1 to 20 together",
  ],
  [
    upgrade({ soakMinutes: 5 }),
    "pools.apps.upgrade.soakMinutes: 5 has no use with strategy surge; remove it, or set strategy to blueGreen",
  ],
  [
    upgrade({ strategy: "blueGreen", maxSurge: 2 }),
    "pools.apps.upgrade.maxSurge: 2 has no use with strategy blueGreen; remove it, or set strategy to surge",
  ],
  [
    upgrade({ strategy: "bluegreen" }),
    'pools.apps.upgrade.strategy: "bluegreen" is not supported; use one of surge, blueGreen (did you mean blueGreen?)',
  ],
  [
    { network: { pods: "10.65.0.0/21" }, ...pools({ max: 8 }) },
    'network.pods: "10.65.0.0/21" has room for 8 nodes, and the pools may have 9 while nodes are exchanged; use a larger network, or lower max of a pool',
  ],
  [
    { network: { nodes: "10.64.0.0/28" }, ...upgrade({ strategy: "blueGreen" }) },
    // 6 nodes and 6 beside them fit in the 12 that a /28 has.
  ],
  [
    { network: { nodes: "10.64.0.0/28" }, ...pools({ max: 7, upgrade: { strategy: "blueGreen" } }) },
    'network.nodes: "10.64.0.0/28" has room for 12 nodes, and the pools may have 14 while nodes are exchanged; use a larger network, or lower max of a pool',
  ],
  [
    { network: { services: "10.65.128.0/20" } },
    'network.services: "10.65.128.0/20" overlaps cluster.network.pods "10.65.0.0/16"; use networks that have no address in common',
  ],
  [{ network: { pods: "10.65.0.1/16" } }, 'network.pods: "10.65.0.1/16" has host bits set; use "10.65.0.0/16"'],
  [
    { api: { allowedCidrs: ["2001:db8::/32"] } },
    'api.allowedCidrs[0]: "2001:db8::/32" is IPv6, which the endpoint does not have; name IPv4 networks',
  ],
  [
    maintenance({ days: ["sundy"] }),
    'maintenance.days[0]: "sundy" is not supported; use one of monday, tuesday, wednesday, thursday, friday, saturday, sunday (did you mean sunday?)',
  ],
  [
    maintenance({ days: ["saturday", "sunday"] }),
    "maintenance.hours: 2 days a week of 4 hours are 32 hours in 32 days, and GKE asks for 48; use 6 hours, or more days",
  ],
  [
    maintenance({ days: ["monday", "monday", "tuesday", "friday"] }),
    "maintenance.days: names a day twice; name each once",
  ],
  [
    maintenance({ start: "2am" }),
    'maintenance.start: "2am" is not a time of the day; use 24 hours in quotes, e.g. "02:00"',
  ],
  [
    maintenance({ exclusions: { sales: { start: "2026-11-01", end: "2026-12-15" } } }),
    "maintenance.exclusions.sales.end: 2026-12-15T00:00:00Z is 44 days after start; NO_UPGRADES allows 30",
  ],
  [
    maintenance({ exclusions: { sales: { start: "2026-12-15", end: "2026-11-01" } } }),
    "maintenance.exclusions.sales.end: 2026-11-01T00:00:00Z is not after start (2026-12-15T00:00:00Z); use a later moment",
  ],
  [
    maintenance({ exclusions: { sales: { start: "2026-02-30", end: "2026-03-15" } } }),
    'maintenance.exclusions.sales.start: "2026-02-30" is not a day or a moment in UTC; use e.g. "2026-12-20" or "2026-12-20T06:00:00Z"',
  ],
  [
    maintenance({
      exclusions: Object.fromEntries(
        ["a", "b", "c", "d"].map((name) => [name, { start: "2026-11-01", end: "2026-11-02" }]),
      ),
    }),
    "maintenance.exclusions: has 4 entries with NO_UPGRADES; use at most 3",
  ],
  [
    { dnsZone: { ...zone, name: "example.com" } },
    'dnsZone.name: "example.com" is not the name of a Cloud DNS zone; use the zone\'s name, not its domain (gcloud dns managed-zones list)',
  ],
  [
    { dnsZone: { ...zone, domain: "example.com." } },
    'dnsZone.domain: "example.com." ends with a dot; write "example.com"',
  ],
];
describe("a wrong setting of a GKE cluster is told in one sentence", () => {
  for (const [changes, ...expected] of cases) {
    test(expected[0] ?? `nothing is wrong with ${JSON.stringify(changes)}`, () =>
      assert.deepEqual(wrong(changes), expected),
    );
  }
});

test("several wrong settings are told at once", () => {
  assert.equal(wrong({ project: "x", region: "mars", projectNumber: "y", pools: {} }).length, 4);
});

test("regions of today and of the same form are taken", () => {
  for (const region of ["us-central1", "europe-west12", "northamerica-northeast2", "me-central2", "africa-south1"])
    assert.equal(parseGoogleRegion(region), region);
});

test("machine types of every series are taken", () => {
  const types = [
    "e2-medium",
    "e2-standard-2",
    "n2d-highmem-96",
    "n2-custom-6-20480",
    "e2-custom-4-8192",
    "c3-standard-8-lssd",
  ];
  for (const type of [
    ...types,
    "c4-highcpu-192",
    "n4-custom-16-65536-ext",
    "c3d-standard-360",
    "m3-ultramem-32",
    "z3-highmem-88-standardlssd",
  ])
    assert.equal(parseMachineType(type), type);
});

test("a machine that takes Hyperdisks only has one, and no volume of the classes that GKE brings", () => {
  for (const type of ["n4-standard-4", "c4-standard-8", "c4d-highcpu-2"]) {
    assert.equal(bootDiskType(type), "hyperdisk-balanced");
    assert.equal(takesPersistentDisks(type), false);
  }
  for (const type of ["e2-standard-4", "n2-standard-4", "c3-standard-4"])
    assert.equal(bootDiskType(type), "pd-balanced");
});
