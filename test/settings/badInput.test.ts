import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { SettingsError } from "../../components/settings/parse";
import { parse, problems, type Raw, root } from "./stack";

const oneOf = "use one of";
const imageForm = 'use "registry/name:tag" in lower case';
const cpuForm = 'use thousandths of a core such as "250m" or cores such as "2"';
const memoryForm = 'use a binary unit such as "96Mi" or "1Gi"';
const cronForm = 'write five fields (minute hour day month weekday), e.g. "17 3 * * *"';
const hostForm = 'give the host name only, e.g. "panel.example.com"';
const labelForm = 'use lower-case letters, digits and "-", with a letter or digit at both ends';
const hosts = (raw: Raw, host: string) => {
  raw.edge.panel.host = host;
};

/** Rows of the list of bad input that concern these settings: row number, what a person wrote, what they are told. */
const rows: [row: number, change: (raw: Raw) => void, told: string | string[]][] = [
  [1, (raw) => (raw.cluster.kind = "azure"), 'cluster.kind: "azure" is not supported; use existing'],
  [1, (raw) => (raw.cluster = { context: "here" }), "cluster.kind: is not set; use existing"],
  [1, (raw) => delete raw.edge.certificate, `edge.certificate.kind: is not set; ${oneOf} selfSigned, provided`],
  [1, (raw) => (raw.postgres.kind = "managed"), 'postgres.kind: "managed" is not supported; use inCluster'],
  [
    1,
    (raw) => (raw.edge.certificate.kind = "selfsigned"),
    `edge.certificate.kind: "selfsigned" is not supported; ${oneOf} selfSigned, provided (did you mean selfSigned?)`,
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
    'edge.chat.host: edge.panel.host and edge.chat.host are both "panel.localhost"; use two hosts, or set edge.chat.path to e.g. "/chat"',
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
    "panel.image.source: is not set; add it to Pulumi.dev.yaml (in the map: folder of this repository; the tag is a digest of its files)",
  ],
  [
    21,
    (raw) => (raw.panel.secretEnv = { SMTP_PASSWORD: "x" }),
    "panel.secretEnv.SMTP_PASSWORD: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path panel.secretEnv.SMTP_PASSWORD",
  ],
  [
    21,
    (raw) => (raw.panel.env = { SMTP_PASSWORD: "hunter2" }),
    "panel.env.SMTP_PASSWORD: looks like a secret, and env is readable for everyone who may read the settings or the pods; use secretEnv with --secret: pulumi config set --secret --path panel.secretEnv.SMTP_PASSWORD",
  ],
  [
    21,
    (raw) => (raw.panel.env = { CDN: "https://me:hunter2@cdn" }),
    "panel.env.CDN: looks like a secret, and env is readable for everyone who may read the settings or the pods; use secretEnv with --secret: pulumi config set --secret --path panel.secretEnv.CDN",
  ],
  [
    21,
    (raw) => (raw.chat.env = { API_KEY: "hunter2" }),
    "chat.env.API_KEY: looks like a secret, and env is readable for everyone who may read the settings or the pods; the chat takes no secrets of its own; remove it",
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
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "@daily", command: ["x"] } }),
    `panel.schedules.a.cron: "@daily" has 1 field; ${cronForm}`,
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 3 * * 7", command: ["x"] } }),
    "panel.schedules.a.cron: day of week 7 is out of 0–6; Sunday is 0",
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "*/0 * * * *", command: ["x"] } }),
    "panel.schedules.a.cron: minute has a step of 0; use 1 or more",
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 3 L * *", command: ["x"] } }),
    `panel.schedules.a.cron: day of month "L" is not understood; ${cronForm}`,
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 3 * * *", timeZone: "Europe/Berln", command: ["x"] } }),
    'panel.schedules.a.timeZone: "Europe/Berln" is not a time zone; did you mean "Europe/Berlin"?',
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 3 * * *", timeZone: "+02:00", command: ["x"] } }),
    'panel.schedules.a.timeZone: "+02:00" is not a time zone; use a name of the IANA database, e.g. "Etc/UTC" or "Europe/Berlin"',
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 3 * * *", timeZone: "europe/berlin", command: ["x"] } }),
    'panel.schedules.a.timeZone: "europe/berlin" is not spelled as in the IANA database; did you mean "Europe/Berlin"?',
  ],
  [
    29,
    (raw) => (raw.panel.schedules = { a: { cron: "0 3 * * *", command: [] } }),
    "panel.schedules.a.command: is empty; give the program and its arguments",
  ],
  [
    31,
    (raw) => (raw.edge.clientAddress = { from: "xForwardedFor", trustedProxies: ["10.0.0.5/8"] }),
    'edge.clientAddress.trustedProxies[0]: "10.0.0.5/8" has host bits set; did you mean "10.0.0.0/8"?',
  ],
  [
    31,
    (raw) => (raw.edge.clientAddress = { from: "xForwardedFor", trustedProxies: ["fd00::1/8"] }),
    'edge.clientAddress.trustedProxies[0]: "fd00::1/8" has host bits set; did you mean "fd00::/8"?',
  ],
  [
    31,
    (raw) => (raw.edge.clientAddress = { from: "xForwardedFor", trustedProxies: ["10.0.0.1"] }),
    'edge.clientAddress.trustedProxies[0]: "10.0.0.1" has no prefix length; did you mean "10.0.0.1/32"?',
  ],
  [
    31,
    (raw) => (raw.edge.clientAddress = { from: "xForwardedFor", trustedProxies: ["10.0.0/8"] }),
    'edge.clientAddress.trustedProxies[0]: "10.0.0/8" is not a network; write e.g. "10.0.0.0/8"',
  ],
  [
    31,
    (raw) => (raw.edge.clientAddress = { from: "xForwardedFor", trustedProxies: ["10.0.0.0/33"] }),
    'edge.clientAddress.trustedProxies[0]: "10.0.0.0/33" has prefix length "33"; use 0 to 32',
  ],
  [
    32,
    (raw) => (raw.edge.clientAddress = { from: "proxyProtocol", trustedProxies: ["0.0.0.0/0"] }),
    'edge.clientAddress.trustedProxies: "0.0.0.0/0" trusts everyone to name their own address; name the networks of the balancers only',
  ],
  [
    32,
    (raw) => (raw.edge.clientAddress = { from: "proxyProtocol" }),
    "edge.clientAddress.trustedProxies: is empty while edge.clientAddress.from is proxyProtocol; name the networks of the balancers",
  ],
  [
    32,
    (raw) => (raw.edge.clientAddress = { trustedProxies: ["10.0.0.0/8"] }),
    "edge.clientAddress.trustedProxies: has no use while edge.clientAddress.from is connection; remove it, or set from to proxyProtocol or xForwardedFor",
  ],
  [
    37,
    (raw) => (raw.operations = { rolloutTimeoutSeconds: 60 }),
    [
      "edge.drainSeconds: a pod may take 10 + 60 + 10 = 80 seconds to stop, longer than operations.rolloutTimeoutSeconds (60); lower it, or raise operations.rolloutTimeoutSeconds to 80 or more",
      "workers.jobTimeoutSeconds: a pod may take 60 + 10 = 70 seconds to stop, longer than operations.rolloutTimeoutSeconds (60); lower it, or raise operations.rolloutTimeoutSeconds to 70 or more",
    ],
  ],
  [
    37,
    (raw) => Object.assign(raw.edge, { preStopSeconds: 600, drainSeconds: 3600 }),
    "edge.drainSeconds: a pod would take up to 600 + 3600 + 10 = 4210 seconds to stop; use at most 3600 together",
  ],
  [
    38,
    (raw) => (raw.edge.websocketIdleSeconds = 25),
    "edge.websocketIdleSeconds: 25 is not above the 25 seconds between the pings of a chat client; use 50 or more",
  ],
  [
    39,
    (raw) => (raw.cluster.namespace = "default"),
    'cluster.namespace: namespace "default" is not allowed; use one of its own, e.g. "switchboard"',
  ],
  [
    39,
    (raw) => (raw.cluster.namespace = "kube-system"),
    'cluster.namespace: namespace "kube-system" is not allowed; use one of its own, e.g. "switchboard"',
  ],
  [
    39,
    (raw) => (raw.cluster.namespace = "My_Space"),
    `cluster.namespace: "My_Space" is not a valid name; ${labelForm}`,
  ],
  [
    39,
    (raw) => (raw.cluster.namespace = "a".repeat(64)),
    `cluster.namespace: "${"a".repeat(64)}" has 64 characters; use at most 63`,
  ],
  [
    39,
    (raw) => (raw.panel.schedules = { [`a${"b".repeat(46)}`]: { cron: "0 3 * * *", command: ["x"] } }),
    `panel.schedules.a${"b".repeat(46)}: "a${"b".repeat(46)}" has 47 characters; use at most 46`,
  ],
  [40, (raw) => (raw.panel.replcias = 2), "panel.replcias: unknown key; did you mean replicas?"],
  [40, (raw) => (raw.panle = {}), "panle: unknown key; did you mean panel?"],
  [
    40,
    (raw) => (raw.edge.limits = { logins: "5r/m", x: 1 }),
    [
      "edge.limits.logins: unknown key; did you mean login?",
      `edge.limits.x: unknown key; ${oneOf} login, loginBurst, connectionsPerAddress, bodySize`,
    ],
  ],
  [
    40,
    (raw) => (raw.edge.certificate = { kind: "selfSigned", validDays: 3 }),
    "edge.certificate.validDays: unknown key; did you mean validityDays?",
  ],
  [40, (raw) => (raw.workers = []), "workers: a list is not a map of keys and values; write its keys below it"],
  [40, (raw) => (raw.panel = "on"), 'panel: "on" is not a map of keys and values; write its keys below it'],
  [
    40,
    (raw) => (raw.edge.clientAddress = { trustedProxies: "10.0.0.0/8" }),
    'edge.clientAddress.trustedProxies: "10.0.0.0/8" is not a list; write its items below it, each after "- "',
  ],
  [
    40,
    (raw) => (raw.panel.firstAdministrator = { email: "a@b.c" }),
    "panel.firstAdministrator: a map is not text; write one value (e-mail address of the account that the first migration makes)",
  ],
  [40, (raw) => (raw.operations = null), "operations: has no value; give one or remove the key"],
  [
    40,
    (raw) => (raw.operations = { protect: "yes" }),
    'operations.protect: "yes" is not true or false; write true or false without quotes',
  ],
  [42, (raw) => (raw.edge.httpPort = 443), "edge.httpPort: 443 is edge.httpsPort too; use two ports"],
  [42, (raw) => (raw.edge.httpsPort = 70000), "edge.httpsPort: 70000 is too large; use a whole number from 1 to 65535"],
  [
    42,
    (raw) => (raw.edge.service = { type: "NodePort", httpsNodePort: 443 }),
    "edge.service.httpsNodePort: 443 is too small; use a whole number from 30000 to 32767",
  ],
  [
    42,
    (raw) => (raw.edge.service = { type: "NodePort", httpsNodePort: 30443, httpNodePort: 30443 }),
    "edge.service.httpNodePort: 30443 is the port of HTTPS too; use two ports",
  ],
  [
    42,
    (raw) => (raw.edge.service = { httpsNodePort: 30443 }),
    "edge.service.httpsNodePort: 30443 has no use with type LoadBalancer; remove it, or set edge.service.type to NodePort",
  ],
  [44, (raw) => (raw.edge.limits = { login: "5" }), 'edge.limits.login: "5" is not a rate; use e.g. 5r/s or 30r/m'],
  [
    44,
    (raw) => (raw.edge.limits = { login: "0r/s" }),
    'edge.limits.login: "0r/s" would refuse every request; use e.g. 5r/s or 30r/m',
  ],
  [
    44,
    (raw) => (raw.edge.limits = { bodySize: "10MB" }),
    'edge.limits.bodySize: "10MB" is not a size; did you mean "10m"?',
  ],
  [
    46,
    (raw) => Object.assign(raw.redis, { maxMemory: "512Mi", resources: { memory: "512Mi" } }),
    'redis.maxMemory: "512Mi" is not below the memory limit "512Mi"; use about 70 % of it ("358Mi"), or raise redis.resources.memory',
  ],
  [
    47,
    (raw) => (raw.cluster.context = "there"),
    `cluster.context: "there" is not in ${join(root, "kubeconfig")}; use one of here`,
  ],
  [
    47,
    (raw) => (raw.cluster.kubeconfig = "nowhere"),
    `cluster.kubeconfig: "${join(root, "nowhere")}" is not a file; set cluster.kubeconfig or KUBECONFIG to the file that names context "here"`,
  ],
  [
    47,
    (raw) => delete raw.cluster.context,
    "cluster.context: is not set; add it to Pulumi.dev.yaml (context of the kubeconfig (`kubectl config get-contexts`))",
  ],
  [
    47,
    (raw) => (raw.cluster.uid = "kind-dev"),
    'cluster.uid: "kind-dev" is not a UID; take it from: kubectl get namespace kube-system --output jsonpath={.metadata.uid}',
  ],
];

for (const [row, change, told] of rows) {
  const expected = typeof told === "string" ? [told] : told;
  test(`row ${row}: ${expected[0]}`, () => assert.deepEqual(problems(change), expected));
}

/** Mistakes that the list does not have. */
const further: [change: (raw: Raw) => void, told: string][] = [
  [
    (raw) => (raw.panel.env = { PGHOST: "x" }),
    "panel.env.PGHOST: is set by the platform; remove it or use another name",
  ],
  [
    (raw) => (raw.chat.env = { DIST_PORT: "1" }),
    "chat.env.DIST_PORT: is set by the platform; remove it or use another name",
  ],
  [
    (raw) => (raw.panel.env = { "A-B": "x" }),
    'panel.env.A-B: is not a variable name; use letters, digits and "_", not starting with a digit',
  ],
  [
    (raw) => (raw.postgres.parameters = { listen_addresses: "*" }),
    "postgres.parameters.listen_addresses: is set by the platform; remove it",
  ],
  [
    (raw) => (raw.postgres.parameters = { ssl_cert_file: "x" }),
    "postgres.parameters.ssl_cert_file: is set by the platform; remove it",
  ],
  [
    (raw) => (raw.postgres.parameters = { max_connections: 5 }),
    "postgres.parameters.max_connections: is set by the platform; set postgres.maxConnections",
  ],
  [
    (raw) => (raw.postgres.parameters = { fsync: "off" }),
    "postgres.parameters.fsync: is set by the platform, because a crash would lose acknowledged messages; remove it",
  ],
  [
    (raw) => (raw.postgres.parameters = { work_mem: "4MB\nport=1" }),
    "postgres.parameters.work_mem: has a line break in it; give one line",
  ],
  [
    (raw) => (raw.postgres.parameters = { work_mem: ["4MB"] }),
    "postgres.parameters.work_mem: a list is not a value of postgresql.conf; give text, a number, true or false",
  ],
  [
    (raw) => (raw.panel.connections = 20),
    "postgres.maxConnections: 100 minus 3 reserved is less than the 137 connections of a rollout (panel 3 × 20 + workers 2 × 20 + chat 3 × 5 + migrations 2 × 1 + scheduled jobs 1 × 20); use 140 or more, or lower panel.connections or chat.connections",
  ],
  [
    (raw) => (raw.edge.hsts = { maxAgeSeconds: 3600 }),
    "edge.hsts.maxAgeSeconds: 3600 with a selfSigned certificate locks out everyone who has not installed its authority; use 0, or a provided certificate",
  ],
  [
    (raw) => (raw.edge.hsts = { includeSubDomains: true }),
    "edge.hsts.includeSubDomains: true has no use while edge.hsts.maxAgeSeconds is 0; set a time, or includeSubDomains to false",
  ],
  [
    (raw) => (raw.edge.hsts = { preload: true }),
    "edge.hsts.preload: true needs edge.hsts.maxAgeSeconds of at least 31536000 and includeSubDomains: true (https://hstspreload.org); set both, or preload to false",
  ],
  [(raw) => (raw.edge.chat.path = "chat"), 'edge.chat.path: "chat" does not start with "/"; write e.g. "/" or "/chat"'],
  [(raw) => (raw.edge.chat.path = "/chat/"), 'edge.chat.path: "/chat/" ends with "/"; write "/chat"'],
  [(raw) => (raw.edge.chat.path = "/a;b"), 'edge.chat.path: "/a;b" is not a plain path; write e.g. "/" or "/chat"'],
  [
    (raw) => (raw.panel.firstAdministrator = "admin"),
    'panel.firstAdministrator: "admin" is not an e-mail address; write e.g. "admin@example.com"',
  ],
  [
    (raw) => (raw.operations = { logLevel: "warning" }),
    `operations.logLevel: "warning" is not supported; ${oneOf} debug, info, warn, error`,
  ],
  [(raw) => (raw.operations = { stage: "Dev 1" }), `operations.stage: "Dev 1" is not a valid name; ${labelForm}`],
];

for (const [change, told] of further) test(told, () => assert.deepEqual(problems(change), [told]));

test("row 39: a stack name that makes names too long", () => {
  const stack = "a".repeat(42);
  assert.deepEqual(
    problems(() => {}, { stack }),
    [`stack: "${stack}" has 42 characters, and names are made of it; use at most 41 (pulumi stack rename)`],
  );
});

test("a name in both env and secretEnv is refused", () => {
  const both = problems((raw) => Object.assign(raw.panel, { env: { FEED: "x" }, secretEnv: { FEED: "y" } }), {
    secretLayers: new Set(["panel"]),
  });
  assert.deepEqual(both, ["panel.env.FEED: is also in panel.secretEnv; keep one"]);
});

test("all errors of all layers are reported at once, in one message", () => {
  assert.throws(
    () =>
      parse((raw) => {
        raw.cluster.kind = "azure";
        raw.panel.replicas = 0;
        raw.panel.env = { PGHOST: "x", N: 5 };
        raw.edge.panel = { hots: "x" };
      }),
    (error: unknown) => {
      assert(error instanceof SettingsError);
      assert.equal(
        error.message,
        [
          "6 settings are wrong in stack dev; nothing was changed.",
          '  cluster.kind: "azure" is not supported; use existing',
          "  panel.replicas: 0 is too small; use a whole number from 1 to 100 (2 or more for releases without downtime)",
          '  panel.env.N: 5 is not text; quote it: "5"',
          "  panel.env.PGHOST: is set by the platform; remove it or use another name",
          "  edge.panel.host: is not set; add it to Pulumi.dev.yaml (public host name of the panel)",
          "  edge.panel.hots: unknown key; did you mean host?",
        ].join("\n"),
      );
      return true;
    },
  );
});

test("a stack that says nothing is told everything that is missing", () => {
  const missing = problems((raw) => {
    for (const layer of Object.keys(raw)) delete raw[layer];
  });
  assert.deepEqual(
    missing.map((problem) => problem.split(":")[0]),
    [
      "cluster.kind",
      "postgres.kind",
      "redis.kind",
      "panel.image",
      "panel.firstAdministrator",
      "chat.image",
      "edge.image",
      "edge.panel.host",
      "edge.chat.host",
      "edge.certificate.kind",
    ],
  );
});
