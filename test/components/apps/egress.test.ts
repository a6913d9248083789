/** Which pods of a whole stack the settings of each part let out. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PodIdentity } from "../../../components/contracts";
import { smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { podTemplates } from "../../support/pods";
import { reaches } from "../../support/reachability";
import { problems } from "../settings/stack";

const open = (port: number) => ({ egress: [{ to: "internet", ports: [port] }] });
const longest = "a".repeat(46);
const command = { command: ["shop", "work"] };
const config = smallConfig({
  apps: {
    shop: {
      image: "registry.example/shop:1.2",
      processes: { web: { port: 3000, ...open(1006) }, worker: command },
      release: { ...command, ...open(1007) },
      after: { ...command, ...open(1008) },
      schedules: { nightly: { cron: "0 3 * * *", ...command, ...open(1009) } },
    },
  },
  panel: {
    ...open(1001),
    schedules: {
      report: { cron: "0 6 * * *", command: ["node", "report.js"], ...open(1003) },
      [longest]: { cron: "0 6 * * *", command: ["node", "report.js"], ...open(1005) },
      cleanup: { cron: "17 3 * * *", command: ["node", "src/main.js", "cleanup"] },
    },
  },
  workers: open(1002),
  chat: open(1004),
});

test("each part's pods get its own openings, a person's pods those of their app, and nobody else any", async () => {
  const from = await plan(config);
  const policies = Object.fromEntries(
    from.of("kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => [inputs.metadata.name, inputs.spec]),
  );
  const wanted: Record<string, number[]> = {
    "panel-web": [1001],
    "panel-worker": [1002],
    "panel-schedule-report": [1003],
    [`panel-schedule-${longest}`]: [1005],
    "panel-console": [1001, 1002, 1003, 1005],
    "chat-socket": [1004],
    "chat-console": [1004],
    "shop-web": [1006],
    "shop-release": [1007],
    "shop-after": [1008],
    "shop-schedule-nightly": [1009],
    "shop-console": [1006, 1007, 1008, 1009],
  };
  const made = podTemplates(from).map(({ template }): PodIdentity => {
    const labels = template.metadata.labels;
    return { name: labels["app.kubernetes.io/name"], component: labels["app.kubernetes.io/component"] };
  });
  const pods = [...made, ...["panel", "chat", "shop"].map((name) => ({ name, component: "console" }))];
  assert.ok(pods.some(({ component }) => component === "migration"));
  for (const pod of pods) {
    const reached = [443, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009].filter((port) =>
      reaches(policies, pod, { address: "1.1.1.1", port }),
    );
    assert.deepEqual(reached, wanted[`${pod.name}-${pod.component}`] ?? [], `${pod.name}-${pod.component}`);
  }
  for (const name of Object.keys(policies)) assert.ok(name.length <= 63, name);
});

/** Problems of one list of openings of the panel. */
const told = (...egress: unknown[]) =>
  problems((raw) => {
    raw.panel.egress = egress;
  });

test("openings that are right are taken, whoever they are for", () => {
  const list = [
    "internet",
    { to: "internet" },
    { to: "internet", ports: [587, 465] },
    { to: "10.20.0.0/16", ports: [5671] },
    { to: "fd12:3456:789a::/48", ports: [443] },
    { service: { namespace: "mail", podLabels: { "app.kubernetes.io/name": "relay" } }, ports: [1025] },
  ];
  for (const layer of ["panel", "workers", "chat"])
    assert.deepEqual(
      problems((raw) => (raw[layer] = { ...raw[layer], egress: list })),
      [],
      layer,
    );
});

test("openings that are wrong say what they should be", () => {
  const cases: [unknown, RegExp][] = [
    ["10.20.0.0/16", /"10\.20\.0\.0\/16" has no ports; write "to: 10\.20\.0\.0\/16" and below it "ports:"$/],
    ["smtp.example.com", /^panel\.egress\[0\]: "smtp\.example\.com" is not a destination; use internet/],
    [443, /^panel\.egress\[0\]: 443 is no opening; use internet, or a map of/],
    [{}, /names no destination; give "to: internet", "to: <network>" or "service:"$/],
    [
      { to: "internet", service: { namespace: "a", podLabels: { a: "b" } } },
      /^panel\.egress\[0\]\.service: is there together with to/,
    ],
    [
      { to: "smtp.example.com", ports: [587] },
      /"smtp\.example\.com" is not a destination; use internet, or a network .* no host names$/,
    ],
    [{ to: "10.20.0.0/16" }, /^panel\.egress\[0\]\.ports: is not set; name the TCP ports$/],
    [{ to: "10.20.0.1/16", ports: [1] }, /has host bits set/],
    [{ to: "0.0.0.0/0", ports: [443] }, /is nearly everybody; use internet/],
    [{ to: "::/0", ports: [443] }, /is nearly everybody; use internet/],
    [
      { to: "169.254.169.254/32", ports: [80] },
      /holds the link-local addresses, where clouds give out the credentials/,
    ],
    [{ to: "169.0.0.0/8", ports: [80] }, /holds the link-local addresses/],
    [{ to: "fd00:ec2::254/128", ports: [80] }, /holds the metadata addresses of AWS/],
    [{ to: "internet", ports: [] }, /^panel\.egress\[0\]\.ports: is empty/],
    [{ to: "internet", ports: [70_000] }, /^panel\.egress\[0\]\.ports\[0\]: 70000 is too large/],
    [{ service: { namespace: "mail", podLabels: {} }, ports: [1] }, /podLabels: is empty, which would be every pod/],
    [{ service: { namespace: "Mail", podLabels: { a: "b" } }, ports: [1] }, /namespace: "Mail" is not a valid name/],
    [
      { service: { namespace: "switchboard", podLabels: { a: "b" } }, ports: [1] },
      /is the platform's own namespace, whose pods accept no other connections/,
    ],
    [{ to: "internet", port: 443 }, /^panel\.egress\[0\]\.port: unknown key; did you mean ports\?$/],
  ];
  for (const [entry, says] of cases) {
    const found = told(entry);
    assert.equal(found.length, 1, `${JSON.stringify(entry)}: ${found.join(" | ")}`);
    assert.match(found[0]!, says);
  }
});
