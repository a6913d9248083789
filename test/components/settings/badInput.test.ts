import assert from "node:assert/strict";
import { test } from "node:test";
import { problems, type Raw } from "./stack";

const oneOf = "use one of";
const imageForm = 'use "registry/name:tag" in lower case';
const cpuForm = 'use thousandths of a core such as "250m" or cores such as "2"';
const memoryForm = 'use a binary unit such as "96Mi" or "1Gi"';
const cronForm = 'write five fields (minute hour day month weekday), e.g. "17 3 * * *"';
const hostForm = 'give the host name only, e.g. "panel.example.com"';
const hosts = (raw: Raw, host: string) => {
  raw.edge.panel.host = host;
};

/** Rows 1 to 29 of the list of bad input that concern these settings: row number, what a person wrote, what they are told. */
const rows: [row: number, change: (raw: Raw) => void, told: string | string[]][] = [
  [1, (raw) => (raw.cluster.kind = "azure"), `cluster.kind: "azure" is not supported; ${oneOf} existing, gke, eks`],
  [1, (raw) => (raw.cluster = { context: "here" }), `cluster.kind: is not set; ${oneOf} existing, gke, eks`],
  [1, (raw) => delete raw.edge.certificate, `edge.certificate.kind: is not set; ${oneOf} selfSigned, provided, acme`],
  [
    1,
    (raw) => (raw.postgres.kind = "managed"),
    `postgres.kind: "managed" is not supported; ${oneOf} inCluster, cloudNativePg, external, cloudSql, rds`,
  ],
  [
    1,
    (raw) => (raw.edge.certificate.kind = "selfsigned"),
    `edge.certificate.kind: "selfsigned" is not supported; ${oneOf} selfSigned, provided, acme (did you mean selfSigned?)`,
  ],
  [
    1,
    (raw) => (raw.edge.service = { type: "loadbalancer" }),
    `edge.service.type: "loadbalancer" is not supported; ${oneOf} LoadBalancer, NodePort (did you mean LoadBalancer?)`,
  ],
  [5, (raw) => (raw.panel.resources = { cpu: 1.5 }), 'panel.resources.cpu: 1.5 is not text; quote it: "1.5"'],
  [5, (raw) => (raw.panel.env = { VERSION_SHOWN: 1.3 }), 'panel.env.VERSION_SHOWN: 1.3 is not text; quote it: "1.3"'],
  [7, (raw) => hosts(raw, "http://x.com/"), `edge.panel.host: "http://x.com/" is a URL; ${hostForm}`],
  [7, (raw) => hosts(raw, "exa mple"), `edge.panel.host: "exa mple" has a space in it; ${hostForm}`],
  [7, (raw) => hosts(raw, "x.com."), 'edge.panel.host: "x.com." ends with a dot; write "x.com"'],
  [
    7,
    (raw) => hosts(raw, `${"abcdefgh.".repeat(30)}com`),
    `edge.panel.host: "${`${"abcdefgh.".repeat(30)}com`.slice(0, 76)}…" has 273 characters; a host name has at most 253`,
  ],
  [
    7,
    (raw) => hosts(raw, `${"a".repeat(64)}.com`),
    `edge.panel.host: "${"a".repeat(64)}.com" has a part of 64 characters; each part between dots has at most 63`,
  ],
  [
    7,
    (raw) => hosts(raw, "a_b.com"),
    'edge.panel.host: "a_b.com" has an underscore, which host names may not have; did you mean "a-b.com"?',
  ],
  [
    7,
    (raw) => hosts(raw, "*.x.com"),
    'edge.panel.host: "*.x.com" is a wildcard; name the host itself; a certificate may be a wildcard, a route may not',
  ],
  [
    7,
    (raw) => hosts(raw, "10.0.0.1"),
    'edge.panel.host: "10.0.0.1" is an address; certificates and routes need a host name',
  ],
  [7, (raw) => hosts(raw, "[::1]"), 'edge.panel.host: "[::1]" is an address; certificates and routes need a host name'],
  [
    7,
    (raw) => hosts(raw, "x.com:8443"),
    'edge.panel.host: "x.com:8443" has a port; give the host name here and the port in edge.httpsPort',
  ],
  [
    7,
    (raw) => hosts(raw, "x.com/panel"),
    'edge.panel.host: "x.com/panel" has a path; give the host name here and the path in path',
  ],
  [
    7,
    (raw) => hosts(raw, "bücher.de"),
    'edge.panel.host: "bücher.de" has letters outside ASCII; write its ASCII form "xn--bcher-kva.de"',
  ],
  [
    7,
    (raw) => hosts(raw, "-a.com"),
    `edge.panel.host: "-a.com" is not a host name ("-a"); parts have letters, digits and "-", and start and end with a letter or digit`,
  ],
  [7, (raw) => hosts(raw, ""), `edge.panel.host: "" is empty; ${hostForm}`],
  [
    9,
    (raw) => (raw.edge.chat.host = "PANEL.localhost"),
    'edge.chat.host: edge.panel.host and edge.chat.host are both "panel.localhost"; use two hosts, or set edge.chat.path to e.g. "/live"',
  ],
  [
    11,
    (raw) => (raw.panel.replicas = 0),
    "panel.replicas: 0 is too small; use a whole number from 1 to 100 (2 or more for releases without downtime)",
  ],
  [
    11,
    (raw) => (raw.chat.replicas = -1),
    "chat.replicas: -1 is too small; use a whole number from 1 to 100 (2 or more for releases without downtime)",
  ],
  [
    11,
    (raw) => (raw.edge.replicas = 1.5),
    "edge.replicas: 1.5 is not a whole number; use a whole number from 1 to 100 (2 or more for releases without downtime)",
  ],
  [11, (raw) => (raw.panel.replicas = "3"), 'panel.replicas: "3" is text; write the number without quotes: 3'],
  [
    11,
    (raw) => (raw.panel.replicas = "three"),
    'panel.replicas: "three" is not a number; use a whole number from 1 to 100 (2 or more for releases without downtime)',
  ],
  [
    18,
    (raw) => (raw.panel.resources = { memory: "96Mi", memoryLimit: "64Mi" }),
    'panel.resources.memory: "96Mi" is more than memoryLimit "64Mi"; lower memory or raise memoryLimit',
  ],
  [
    18,
    (raw) => (raw.chat.resources = { cpu: "2", cpuLimit: "500m" }),
    'chat.resources.cpu: "2" is more than cpuLimit "500m"; lower cpu or raise cpuLimit',
  ],
  [
    18,
    (raw) => (raw.panel.resources = { memory: "100M" }),
    'panel.resources.memory: "100M" has no binary unit; did you mean "100Mi"?',
  ],
  [
    18,
    (raw) => (raw.panel.resources = { memory: "2GB" }),
    'panel.resources.memory: "2GB" has no binary unit; did you mean "2Gi"?',
  ],
  [18, (raw) => (raw.redis.storage = "1.5G"), 'redis.storage: "1.5G" has no binary unit; did you mean "1536Mi"?'],
  [
    18,
    (raw) => (raw.panel.resources = { cpu: "500" }),
    'panel.resources.cpu: "500" means 500 cores; did you mean "500m"?',
  ],
  [
    18,
    (raw) => (raw.panel.resources = { cpu: "1,5" }),
    'panel.resources.cpu: "1,5" has a comma; did you mean "1500m"?',
  ],
  [18, (raw) => (raw.panel.resources = { cpu: "0" }), `panel.resources.cpu: "0" is no CPU at all; ${cpuForm}`],
  [
    18,
    (raw) => (raw.panel.resources = { cpu: "half" }),
    `panel.resources.cpu: "half" is not an amount of CPU; ${cpuForm}`,
  ],
  [
    18,
    (raw) => (raw.panel.resources = { memory: "much" }),
    `panel.resources.memory: "much" is not an amount of memory or storage; ${memoryForm}`,
  ],
  [
    18,
    (raw) => (raw.panel.resources = { memory: "64Ki" }),
    `panel.resources.memory: "64Ki" is less than 1Mi; ${memoryForm}`,
  ],
  [19, (raw) => delete raw.chat.image, "chat.image: is not set; add it to Pulumi.dev.yaml (the chat)"],
  [
    19,
    (raw) => (raw.chat.image = "acme/chat:latest"),
    'chat.image: "acme/chat:latest" says "latest", which changes without a release; name the version, e.g. "acme/chat:1.2.3"',
  ],
  [
    19,
    (raw) => (raw.chat.image = "localhost:5000/chat"),
    'chat.image: "localhost:5000/chat" has no tag; name the version, e.g. "localhost:5000/chat:1.2.3", so that a release is a change of settings',
  ],
  [19, (raw) => (raw.chat.image = "Acme/Chat:1"), `chat.image: "Acme/Chat:1" has upper-case letters; ${imageForm}`],
  [
    19,
    (raw) => (raw.chat.image = "https://acme/chat:1"),
    `chat.image: "https://acme/chat:1" is a URL; ${imageForm}, without https://`,
  ],
  [
    19,
    (raw) => (raw.chat.image = "acme/chat@sha256:12"),
    'chat.image: "acme/chat@sha256:12" has no valid digest; a digest is "@sha256:" and 64 hex digits',
  ],
  [19, (raw) => (raw.chat.image = "acme//chat:1"), `chat.image: "acme//chat:1" is not an image name; ${imageForm}`],
  [
    19,
    (raw) => (raw.chat.image = "acme/chat:a b"),
    'chat.image: "acme/chat:a b" has no valid tag; a tag is up to 128 letters, digits, "_", "." and "-"',
  ],
  [
    19,
    (raw) => (raw.chat.image = 5),
    'chat.image: 5 is not an image; use "registry/name:tag", or a map of repository and source',
  ],
  [
    19,
    (raw) => (raw.panel.image = { repository: "acme/panel", source: "apps/pane" }),
    'panel.image.source: "apps/pane" is not a folder of this repository; name the folder that the image is built from',
  ],
  [
    19,
    (raw) => (raw.panel.image = { repository: "acme/panel", source: "../x" }),
    'panel.image.source: "../x" is outside this repository; name a folder below its root, e.g. "apps/panel"',
  ],
  [
    19,
    (raw) => (raw.panel.image = { repository: "acme/panel:1", source: "apps/panel" }),
    'panel.image.repository: "acme/panel:1" has a tag; leave it out, it is made from the files of source',
  ],
  [
    19,
    (raw) => (raw.panel.image = { repository: "acme/panel" }),
    "panel.image.source: is not set; add it to Pulumi.dev.yaml (in the map: folder of this repository that the image is built from. The tag is a digest of its files)",
  ],
  [
    21,
    (raw) => (raw.panel.secretEnv = { SMTP_PASSWORD: "x" }),
    "panel.secretEnv.SMTP_PASSWORD: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path panel.secretEnv.SMTP_PASSWORD",
  ],
  [
    21,
    (raw) => (raw.panel.env = { SMTP_PASSWORD: "hunter2" }),
    "panel.env.SMTP_PASSWORD: looks like a secret, but everyone who may read the settings or the pods can read env. Use secretEnv with --secret: pulumi config set --secret --path panel.secretEnv.SMTP_PASSWORD",
  ],
  [
    21,
    (raw) => (raw.panel.env = { CDN: "https://me:hunter2@cdn" }),
    "panel.env.CDN: looks like a secret, but everyone who may read the settings or the pods can read env. Use secretEnv with --secret: pulumi config set --secret --path panel.secretEnv.CDN",
  ],
  [
    21,
    (raw) => (raw.chat.env = { API_KEY: "hunter2" }),
    "chat.env.API_KEY: looks like a secret, but everyone who may read the settings or the pods can read env. Use secretEnv with --secret: pulumi config set --secret --path chat.secretEnv.API_KEY",
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "61 * * * *", command: ["x"] } }),
    `panel.schedules.a.cron: minute 61 is out of 0–59; ${cronForm}`,
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 0 3 * * *", command: ["x"] } }),
    `panel.schedules.a.cron: "0 0 3 * * *" has 6 fields (seconds cannot be given); ${cronForm}`,
  ],
];

for (const [row, change, told] of rows) {
  const expected = typeof told === "string" ? [told] : told;
  test(`row ${row}: ${expected[0]}`, () => assert.deepEqual(problems(change), expected));
}
