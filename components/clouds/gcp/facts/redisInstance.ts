import { secretOf } from "../../../../lib/engineValues";
import type { Facts, Inputs } from "../../shared/facts";
import { named } from "../../shared/facts/answer";
import type { Bill, Written } from "../../shared/facts/bill";
import { above, word } from "../../shared/facts/count";
import { demand, exactly, oneOf } from "../../shared/facts/demand";
import { fixed, isDowngrade } from "../../shared/facts/fixed";
import { versioned } from "../../shared/facts/landscape";
import { isNow, lost, lower, other, upgraded } from "../../shared/facts/risk";

const file = "components/clouds/gcp/redis.ts";

/** Among what needs the peering of a network. */
export const redisInstanceType = "gcp:redis/instance:Instance";

/** Servers of Memorystore. */
export const redisInstance: Facts = {
  [redisInstanceType]: {
    stateful: lost.redis,
    safeguards: [{ path: "tier", weaker: isNow("BASIC"), risk: "caution", loss: "there is no standby" }],
    watch: [
      lower("memorySizeGb", (from, to) => `less memory (${from} → ${to} GiB); keys that do not fit go`),
      lower("replicaCount", (from, to) => `fewer replicas (${from} → ${to})`),
      other("redisVersion", upgraded),
    ],
    demands: {
      "data-in-two-zones": demand("tier", exactly("STANDARD_HA"), "set `redis.highAvailability`: true"),
      "redis-persistent": demand(
        "persistenceConfig.persistenceMode",
        oneOf("RDB", "AOF"),
        `set \`redis.snapshots\`; ${file} makes it persistenceConfig`,
      ),
      "redis-authenticated": demand("authEnabled", exactly(true), `set authEnabled in ${file}`),
      "redis-tls": demand(
        "transitEncryptionMode",
        exactly("SERVER_AUTHENTICATION"),
        `set transitEncryptionMode in ${file}`,
      ),
    },
    guards: ["deletionProtection"],
    price,
    answer: (inputs, at) =>
      at.preview
        ? {}
        : {
            ...named(inputs, at),
            host: "10.67.0.20",
            port: 6378,
            authString: secretOf("00000000-0000-4000-8000-000000000000"),
            serverCaCerts: [
              { cert: "-----BEGIN CERTIFICATE-----\nauthority of Redis\n-----END CERTIFICATE-----", serialNumber: "0" },
            ],
          },
    fixed: fixed(
      "redis/resource_redis_instance.go",
      "name project region locationId alternativeLocationId authorizedNetwork connectMode customerManagedKey " +
        "reservedIpRange tier transitEncryptionMode",
      { named: "name", sometimes: { redisVersion: isLowerVersion } },
    ),
    importId: "projects/{project}/locations/{region}/instances/{name}",
    managed: {
      tier: "redis",
      product: "Memorystore",
      // With TLS, and without.
      ports: [6378, 6379],
      version: ({ redisVersion }) => versioned("Redis", redisVersion),
      details: ({ memorySizeGb, tier }) => [`${memorySizeGb} GiB`, tier === "STANDARD_HA" && "two zones"],
      running: ({ redisVersion }) => String(redisVersion),
    },
  },
  "gcp:redis/cluster:Cluster": { stateful: lost.redis },
  "gcp:memorystore/instance:Instance": { stateful: lost.redis },
};

/** The provider compares only versions of two numbers: `REDIS_6_X` is below nothing. */
function isLowerVersion(before: unknown, after: unknown): boolean {
  return [before, after].every((version) => /^REDIS_\d+_\d+$/.test(String(version))) && isDowngrade(before, after);
}

/** Sizes at which a GiB gets cheaper (https://cloud.google.com/memorystore/docs/redis/pricing). */
const capacityTiers = [
  ["M1", 4],
  ["M2", 10],
  ["M3", 35],
  ["M4", 100],
  ["M5", Number.POSITIVE_INFINITY],
] as const;

function price(bill: Bill, inputs: Inputs): Written {
  const tier = inputs.tier ?? "BASIC";
  const size = bill.number(inputs.memorySizeGb, "memorySizeGb", "its memory");
  if (size === undefined) return;
  const [capacity] = capacityTiers.find(([, most]) => size <= most)!;
  const what = `${size} GiB, tier ${word(tier)}`;
  if (above(inputs.replicaCount, 1)) return bill.unpriced(what, "the sheet has no prices of read replicas");
  bill.charge({ what, item: `memorystore/${word(tier)}/${capacity}`, quantity: size });
}
