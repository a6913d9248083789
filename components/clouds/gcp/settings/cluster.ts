import { z } from "zod";
import type { SettingsContext } from "../../../schema/context";
import { choice, flag, mapOf, problemOf, show, text, whole } from "../../../schema/fields";
import type { SettingsOf } from "../../../schema/sealed";
import { privateCidr } from "../../../schema/values/cidr";
import { cidr, host } from "../../../schema/values/network";
import { namespace, parseLabel } from "../../../schema/values/words";
import { type PoolSettings, pools } from "../../shared/pools";
import * as google from "./values";

/**
 * Most characters of a pool's name in the settings. The name at the cloud is `cluster-pools-<name>-<7 hex digits>`, and
 * GKE allows 40 (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools).
 */
const longestPoolName = 18;
/** Addresses that a node takes of the pods' network: GKE gives a /24 to a node with up to 110 pods, which is the default. */
const podBitsOfNode = 24;
/** Addresses of a subnet that Google keeps for itself (https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses). */
const reservedAddresses = 4;
/** Most nodes that may be exchanged at once (https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies). */
const mostExchanged = 20;

const weekDays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
/** Hours of maintenance that GKE asks for in any 32 days, which hold each day of the week at least 4 times. */
const leastMaintenanceHours = 48;
/** Most days of an exclusion, by what it excludes; most exclusions at a time, and of those that exclude everything. */
const exclusionLimits = {
  days: { NO_UPGRADES: 30, NO_MINOR_UPGRADES: 180, NO_MINOR_OR_NODE_UPGRADES: 180 },
  all: 20,
  full: 3,
};

/** How the nodes of a pool are exchanged for new ones; each way honours disruption budgets for up to an hour. */
export type GkeUpgrade =
  | { readonly strategy: "surge"; readonly maxSurge: number; readonly maxUnavailable: number }
  | {
      readonly strategy: "blueGreen";
      readonly batchPercent: number;
      readonly batchSoakMinutes: number;
      readonly soakMinutes: number;
    };

const upgrade = z
  .strictObject({
    strategy: choice(["surge", "blueGreen"])
      .prefault("surge")
      .describe(
        "how nodes are replaced. `surge` replaces a few at a time. `blueGreen` creates all new ones, and keeps the old ones for a while",
      ),
    maxSurge: whole(0, mostExchanged)
      .optional()
      .describe("with `surge`: nodes that are added while nodes are exchanged; default: 1"),
    maxUnavailable: whole(0, mostExchanged)
      .optional()
      .describe("with `surge`: nodes that may be missing meanwhile; default: 0"),
    batchPercent: whole(1, 100, " %")
      .optional()
      .describe("with `blueGreen`: part of the old nodes that is emptied at a time; default: 25"),
    batchSoakMinutes: whole(0, 10_080, " minutes")
      .optional()
      .describe("with `blueGreen`: minutes between two such parts; default: 1"),
    soakMinutes: whole(0, 10_080, " minutes")
      .optional()
      .describe("with `blueGreen`: minutes that the empty old nodes stay, and cost; default: 60"),
  })
  .transform((given, context): GkeUpgrade => {
    const { strategy, maxSurge, maxUnavailable, ...blueGreen } = given;
    const unused = strategy === "surge" ? blueGreen : { maxSurge, maxUnavailable };
    for (const [key, value] of Object.entries(unused)) {
      if (value === undefined) continue;
      context.addIssue({
        code: "custom",
        path: [key],
        message: `${value} has no use with strategy ${strategy}; remove it, or set strategy to ${strategy === "surge" ? "blueGreen" : "surge"}`,
      });
    }
    if (strategy === "blueGreen") {
      const { batchPercent = 25, batchSoakMinutes = 1, soakMinutes = 60 } = blueGreen;
      return { strategy, batchPercent, batchSoakMinutes, soakMinutes };
    }
    const surge = { strategy, maxSurge: maxSurge ?? 1, maxUnavailable: maxUnavailable ?? 0 };
    const together = surge.maxSurge + surge.maxUnavailable;
    if (together === 0 || together > mostExchanged) {
      const message = `maxSurge ${surge.maxSurge} and maxUnavailable ${surge.maxUnavailable} exchange ${together === 0 ? "nothing" : `${together} nodes at once`}; use 1 to ${mostExchanged} together`;
      context.addIssue({ code: "custom", path: ["maxSurge"], message });
    }
    return surge;
  })
  .prefault({});

const exclusion = z.strictObject({
  start: google.moment().describe("first moment, in UTC: a day or e.g. 2026-12-20T06:00:00Z"),
  end: google.moment().describe("last moment, in UTC"),
  scope: choice(["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"])
    .prefault("NO_UPGRADES")
    .describe("what is not done meanwhile"),
});

const maintenance = z
  .strictObject({
    days: z
      .array(choice(weekDays))
      .prefault(["monday", "tuesday", "wednesday", "thursday"])
      .describe("days of the week, in UTC, on which Google may upgrade the cluster and its nodes"),
    start: text((value) => value)
      .refine((value) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value), {
        error: (issue) => `${show(issue.input)} is not a time of the day; use 24 hours in quotes, e.g. "02:00"`,
      })
      .prefault("02:00")
      .describe("when it may begin on these days, in UTC"),
    hours: whole(4, 24, " hours").prefault(4).describe("how long it may go on"),
    exclusions: mapOf(exclusion, (name) => problemOf(() => parseLabel(name)))
      .prefault({})
      .describe("times without upgrades, by name"),
  })
  .superRefine(({ days, hours, exclusions }, context) => {
    const wrong = (message: string, ...path: string[]) => context.addIssue({ code: "custom", path, message });
    const different = new Set(days).size;
    if (different < days.length) wrong("names a day twice; name each once", "days");
    // https://cloud.google.com/kubernetes-engine/docs/how-to/maintenance-windows-and-exclusions
    const sure = different * hours * 4;
    if (sure < leastMaintenanceHours) {
      wrong(
        `${different} ${different === 1 ? "day" : "days"} a week of ${hours} hours are ${sure} hours in 32 days, and GKE asks for ${leastMaintenanceHours}; use ${Math.ceil(leastMaintenanceHours / 4 / Math.max(different, 1))} hours, or more days`,
        "hours",
      );
    }
    const all = Object.entries(exclusions);
    for (const [name, { start, end, scope }] of all) {
      const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
      const most = exclusionLimits.days[scope];
      if (days <= 0) wrong(`${end} is not after start (${start}); use a later moment`, "exclusions", name, "end");
      else if (days > most) {
        wrong(`${end} is ${Math.ceil(days)} days after start; ${scope} allows ${most}`, "exclusions", name, "end");
      }
    }
    const full = all.filter(([, { scope }]) => scope === "NO_UPGRADES").length;
    if (all.length > exclusionLimits.all)
      wrong(`has ${all.length} entries; use at most ${exclusionLimits.all}`, "exclusions");
    else if (full > exclusionLimits.full) {
      wrong(`has ${full} entries with NO_UPGRADES; use at most ${exclusionLimits.full}`, "exclusions");
    }
  })
  .prefault({});

/** A cluster of Google Kubernetes Engine, made by this stack. */
export const gkeCluster = (_context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("gke").describe("`gke`: a cluster of Google Kubernetes Engine, made by this stack"),
      namespace: namespace()
        .prefault("switchboard")
        .describe("namespace that everything is put in; made and owned by this stack"),
      project: google.projectId().describe("id of the project that everything is made in"),
      projectNumber: google
        .projectNumber()
        .describe("number of the same project, in quotes; an `up` stops when the project has another one"),
      region: google.googleRegion().describe("region of the cluster, its network and its data, e.g. europe-west1"),
      zones: z
        .array(google.googleZone())
        .min(1, { error: () => "is an empty list; name zones, or remove the key" })
        .optional()
        .describe("zones of the nodes; default: three of the region, chosen by Google"),
      releaseChannel: choice(["RAPID", "REGULAR", "STABLE", "EXTENDED"])
        .prefault("REGULAR")
        .describe(
          "release channel of Kubernetes versions. With `EXTENDED` a version is supported for 24 months, and costs more after 14",
        ),
      network: z
        .strictObject({
          nodes: privateCidr(16, 28).prefault("10.64.0.0/20").describe("network of the nodes"),
          pods: privateCidr(12, 21).prefault("10.65.0.0/16").describe("network of the pods: a node takes a /24 of it"),
          services: privateCidr(16, 27).prefault("10.66.0.0/20").describe("network of the cluster's Services"),
          managedServices: privateCidr(16, 24)
            .prefault("10.67.0.0/20")
            .describe("network that Cloud SQL and Memorystore get their addresses in"),
        })
        .prefault({}),
      api: z
        .strictObject({
          allowedCidrs: z
            .array(
              cidr().refine((value) => !value.includes(":"), {
                error: (issue) => `${show(issue.input)} is IPv6, which the endpoint does not have; name IPv4 networks`,
              }),
            )
            .prefault([])
            .describe(
              "networks that may also reach the API server by its address. If empty, only its DNS name works, and IAM decides who gets in",
            ),
        })
        .prefault({}),
      maintenance,
      pools: pools(
        { machineType: google.machineType().describe("machine type of the nodes, e.g. e2-standard-4"), upgrade },
        longestPoolName,
      ).describe("pools of nodes, by name; at least one takes the apps"),
      grantRepositories: flag()
        .prefault(true)
        .describe(
          "let the nodes read the repositories of other projects that the images name (`…-docker.pkg.dev/<project>/…`); false where they may already, or everybody may",
        ),
      dnsZone: z
        .strictObject({
          name: google.zoneName().describe("name of the zone (`gcloud dns managed-zones list`)"),
          domain: host().describe("domain of the zone; records are made for the public hosts in it"),
          project: google.projectId().optional().describe("project of the zone; default: the cluster's"),
        })
        .optional()
        .describe(
          "public zone of Cloud DNS for the records of the public hosts, and for certificates by DNS; default: the records are yours to make",
        ),
    })
    .superRefine(({ region, zones = [], network, pools }, context) => {
      const wrong = (message: string, ...path: (string | number)[]) =>
        context.addIssue({ code: "custom", path, message });
      zones.forEach((zone, index) => {
        if (!zone.startsWith(`${region}-`))
          wrong(`${show(zone)} is not in region ${show(region)}; name zones of it`, "zones", index);
        if (zones.indexOf(zone) < index) wrong(`${show(zone)} is named twice; name each once`, "zones", index);
      });
      const nodes = Object.values(pools as Readonly<Record<string, PoolSettings & { upgrade: GkeUpgrade }>>).reduce(
        (sum, { max, upgrade }) => sum + max + (upgrade.strategy === "surge" ? upgrade.maxSurge : max),
        0,
      );
      const bits = (key: "pods" | "nodes") => Number(network[key].split("/")[1]);
      const room = { pods: 2 ** (podBitsOfNode - bits("pods")), nodes: 2 ** (32 - bits("nodes")) - reservedAddresses };
      for (const key of ["pods", "nodes"] as const) {
        if (nodes > room[key]) {
          wrong(
            `${show(network[key])} has room for ${room[key]} nodes, and the pools may have ${nodes} while nodes are exchanged; use a larger network, or lower max of a pool`,
            "network",
            key,
          );
        }
      }
    });

export type GkeClusterSettings = SettingsOf<typeof gkeCluster>;
