import type { Facts, Inputs } from "../../clouds/shared/facts";
import type { Bill, Written } from "../../clouds/shared/facts/bill";
import { type Complaint, demand, exactly } from "../../clouds/shared/facts/demand";
import { isNow, lower, other } from "../../clouds/shared/facts/risk";
import { at, isHidden, listOf, stated } from "../../clouds/shared/facts/value";
import { volume } from "./volumeClaim";
import { fewerThanBefore } from "./workload";

const file = "components/data/cloudNativePg/clusterSpec.ts";

/** Servers of Postgres that the CloudNativePG operator runs. */
export const postgresCluster: Facts = {
  "kubernetes:postgresql.cnpg.io/v1:Cluster": {
    stateful: {
      noun: "Postgres cluster",
      loss: "the operator deletes its servers and their volumes with it, and all databases in them are lost",
    },
    runs: true,
    safeguards: [
      {
        path: "spec.postgresql.synchronous.dataDurability",
        weaker: isNow("preferred"),
        risk: "caution",
        loss: "a commit waits for a copy only while there is one",
      },
      {
        path: "spec.postgresql.synchronous.method",
        weaker: (before, after) => before !== undefined && after === undefined,
        risk: "danger",
        loss: "a server that takes over may lack the last commits",
      },
      {
        path: "spec.enableSuperuserAccess",
        weaker: (before, after) => before === false && after !== false,
        risk: "danger",
        loss: "whoever has the password of its Secret is a superuser over the network",
      },
    ],
    watch: [
      lower("spec.instances", fewerThanBefore),
      other("spec.imageName", (from, to) => `its servers restart one after the other (${from} → ${to})`),
    ],
    demands: {
      "database-tls-enforced": refusesClearText,
      "data-in-two-zones": demand(
        "spec.instances",
        { says: "2 or more", holds: (value) => typeof value === "number" && value > 1 },
        "set `postgres.instances` to 2 or more",
      ),
      "postgres-asks-password": demand(
        "spec.postgresql.parameters.password_encryption",
        exactly("scram-sha-256"),
        "keep password_encryption in components/data/postgresConf.ts",
      ),
    },
    guards: [],
    price,
    operated: {
      tier: "postgres",
      product: "CloudNativePG",
      label: "cnpg.io/cluster",
      serverLabels: { "cnpg.io/podRole": "instance" },
      servers: ({ spec }) => spec?.instances,
      storage: ({ spec }) => spec?.storage?.size,
      image: ({ spec }) => spec?.imageName,
    },
  },
};

/** The operator's own last line lets everybody in, so that a line before it must refuse who comes without TLS. */
function refusesClearText(inputs: unknown): Complaint[] {
  const path = "spec.postgresql.pg_hba";
  const lines = at(inputs, path);
  if (isHidden(lines) || listOf(lines).some(isHidden)) return [];
  const first = listOf(lines)
    .map(String)
    .find((line) => /^\s*host/.test(line));
  if (first !== undefined && /^\s*hostnossl\s+all\s+all\s+all\s+reject\s*$/.test(first)) return [];
  return [
    {
      message: `${stated(path, lines)}, and must begin with "hostnossl all all all reject"`,
      todo: `keep pg_hba in ${file}`,
    },
  ];
}

/** The volumes; its pods run on nodes, which are counted where they are made. */
function price(bill: Bill, inputs: Inputs): Written {
  const spec = bill.part(inputs.spec, "spec", "its volumes");
  if (!spec) return;
  const servers = bill.number(spec.instances ?? 1, "instances", "its volumes");
  if (servers === undefined) return;
  const { size: storage, storageClass: storageClassName } = spec.storage ?? {};
  volume(bill, { resources: { requests: { storage } }, storageClassName }, servers);
}
