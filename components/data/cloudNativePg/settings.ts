import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { choice, flag, Problem, show, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { parseWayOut, servicePods } from "../../schema/values/egress";
import { type Image, parseImage } from "../../schema/values/image";
import { bytes, resources } from "../../schema/values/resources";
import { label, words } from "../../schema/values/words";
import { pooler } from "../pooler/settings";
import { generation, maxConnections, parameters } from "../settings";
import { ownedByOperator } from "./parameters";

/** The oldest Postgres whose rights the roles are made with. */
const oldestMajor = 15;

/** The major version that an image's tag starts with; undefined where it starts with none. */
export function majorOf(reference: string): number | undefined {
  const [, digits] = /:(\d{1,3})(?:[.-][\w.-]*)?(?:@|$)/.exec(reference) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** An image of Postgres for the operator, which reads the version from the tag. @throws Problem */
function parsePostgresImage(value: string): Image {
  const parsed = parseImage(value);
  const major = majorOf(parsed.reference);
  if (major === undefined)
    throw new Problem(
      `${show(value)} does not say the version of Postgres, which the operator reads from the tag; use a tag that starts with it, e.g. "${parsed.repository}:17.5"`,
    );
  if (major < oldestMajor) throw new Problem(`${show(value)} is Postgres ${major}; use ${oldestMajor} or newer`);
  return parsed;
}

/** Where API servers are seen by pods, nearly everywhere: private addresses, and those that clouds share out (RFC 6598). */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

const operator = z
  .strictObject({
    namespace: label().prefault("cnpg-system").describe("namespace of the operator's pods"),
    podLabels: servicePods.podLabels
      .prefault({ "app.kubernetes.io/name": "cloudnative-pg" })
      .describe("labels of the operator's pods, which may connect to the instances"),
  })
  .prefault({});

const apiServer = z
  .strictObject({
    networks: z
      .array(text(parseWayOut))
      .min(1, { error: "is empty; name the networks of the API server's addresses, or remove the key" })
      .prefault(privateNetworks)
      .describe("networks that the API server's addresses are in, as `10.0.0.0/28`, or `internet`"),
    ports: z
      .array(whole(1, 65_535))
      .min(1, { error: "is empty; name the ports of the API server, or remove the key" })
      .prefault([443, 6443])
      .describe("ports that it listens on there; `kubectl get endpointslices --namespace default` shows both"),
  })
  .prefault({});

/** Postgres that the CloudNativePG operator runs in the cluster. */
export const cloudNativePgPostgres = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z
        .literal("cloudNativePg")
        .describe("`cloudNativePg`: servers that the CloudNativePG operator runs, which the cluster has already"),
      image: text(parsePostgresImage).describe(
        "image of Postgres 15 or newer, made for CloudNativePG, with a tag that starts with the version",
      ),
      instances: whole(1, 9, "", "2 or more for a server that takes over")
        .prefault(2)
        .describe("servers: one that is written to, and copies of it that take over"),
      synchronous: choice(["preferred", "required", "none"])
        .prefault("preferred")
        .describe(
          "whether a commit waits for a copy. `preferred`: while there is one. `required`: always, and nothing is written without one. `none`: a server that takes over may lack the last commits",
        ),
      replica: flag()
        .prefault(false)
        .describe(
          "whether apps find the copies by `PGHOST_READ`, `PGPORT_READ` and `DATABASE_READ_URL`, to read from them",
        ),
      storage: bytes()
        .prefault("1Gi")
        .describe(
          "size of each volume. A larger value grows the volumes in place, if their storage class allows it. A volume never shrinks",
        ),
      storageClass: words().optional().describe("StorageClass of the volumes; default: the cluster's own"),
      resources: resources({ cpu: "100m", memory: "512Mi" }),
      parameters: parameters(ownedByOperator),
      maxConnections: maxConnections(),
      passwordGeneration: generation("the apps that use it"),
      operator: operator.describe("the operator's pods"),
      apiServer: apiServer.describe("where the instances find the cluster's API server"),
      pooler: pooler(context),
    })
    .superRefine(({ instances, synchronous, replica }, issues) => {
      const refuse = (key: string, message: string) => issues.addIssue({ code: "custom", path: [key], message });
      if (instances > 1) return;
      if (replica)
        refuse("replica", "is true, and with instances: 1 there is no copy; set instances to 2 or more, or remove it");
      if (synchronous === "required")
        refuse(
          "synchronous",
          '"required" waits for a copy, and with instances: 1 there is none; set instances to 2 or more, or remove it',
        );
    });

export type CloudNativePgSettings = SettingsOf<typeof cloudNativePgPostgres>;
