import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { problems, type Raw, root } from "./stack";

const oneOf = "use one of";
const cronForm = 'write five fields (minute hour day month weekday), e.g. "17 3 * * *"';
const labelForm = 'use lower-case letters, digits and "-", with a letter or digit at both ends';

/** Rows 29 to 47 of the list of bad input that concern these settings: row number, what a person wrote, what they are told. */
const rows: [row: number, change: (raw: Raw) => void, told: string | string[]][] = [
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
    'edge.clientAddress.trustedProxies: "0.0.0.0/0" trusts everyone to name their own address; name the networks of the load balancers only',
  ],
  [
    32,
    (raw) => (raw.edge.clientAddress = { from: "proxyProtocol" }),
    "edge.clientAddress.trustedProxies: is empty while edge.clientAddress.from is proxyProtocol; name the networks of the load balancers",
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
      `edge.limits.x: unknown key; ${oneOf} login, loginBurst, requestsPerAddress, socketsPerAddress, bodySize, requestHeaders, responseHeaders`,
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
    (raw) => (raw.edge.limits = { login: "9999999r/s" }),
    'edge.limits.login: "9999999r/s" is no limit; use at most 1000000r/s',
  ],
  [
    44,
    (raw) => (raw.edge.limits = { bodySize: "8589934592g" }),
    'edge.limits.bodySize: "8589934592g" is more than NGINX can count; use e.g. "10m"',
  ],
  [
    44,
    (raw) => (raw.edge.limits = { bodySize: "99999999999g" }),
    'edge.limits.bodySize: "99999999999g" is more than NGINX can count; use e.g. "10m"',
  ],
  [
    44,
    (raw) => (raw.edge.limits = { requestHeaders: "12k" }),
    'edge.limits.requestHeaders: "12k" is no room for headers; use one of 4k, 8k, 16k, 32k, 64k',
  ],
  [
    44,
    (raw) => (raw.edge.limits = { socketsPerAddress: 70_000 }),
    "edge.limits.socketsPerAddress: 70000 is too large; use a whole number from 1 to 65535",
  ],
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
