/** What the settings open, by where a connection would get to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "../../../components/contracts";
import { networkRules } from "../../../components/network/networkRules";
import { reaches } from "../../support/reachability";

const panel = { name: "panel", component: "web" };
const worker = { name: "panel", component: "worker" };
const postgres = { name: "postgres", component: "server" };
const needed: Connection[] = [
  { from: panel, to: { pods: postgres, port: 5432 } },
  { from: worker, to: { pods: postgres, port: 5432 } },
];

const internet = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.1",
  "93.184.215.14",
  "172.15.0.1",
  "172.32.0.1",
  "2606:4700::1111",
];
/** Addresses that are nobody's on the internet, or somebody's secret. */
const never = {
  private: ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd12:3456::1"],
  "shared or the metadata of Alibaba": ["100.64.0.1", "100.127.255.255", "100.100.100.200"],
  "link-local, or the metadata and credentials of clouds": [
    ...["169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.20.10", "fe80::1", "fd00:ec2::254"],
    ...["168.63.129.16", "192.0.0.192"],
  ],
  "this host": ["127.0.0.1", "0.0.0.0", "::1", "::"],
  "multicast, broadcast or reserved": ["224.0.0.251", "239.1.1.1", "255.255.255.255", "240.0.0.1", "ff02::1"],
  documentation: ["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1"],
  "an IPv4 address in an IPv6 one": ["::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:a9fe::1"],
};

test("without openings no pod reaches the internet, a network or another namespace", () => {
  const rules = networkRules(needed);
  for (const address of [...internet, ...Object.values(never).flat()])
    assert.equal(reaches(rules, panel, { address, port: 443 }), false, address);
  const elsewhere = { namespace: "mail", labels: { app: "relay" } };
  assert.equal(reaches(rules, panel, { elsewhere, port: 25 }), false);
});

test("internet is every public address at the chosen ports, and nothing that is private or gives out credentials", () => {
  const rules = networkRules([
    ...needed,
    { from: panel, to: { internet: true, port: 443 }, chosen: true },
    { from: panel, to: { internet: true, port: 587 }, chosen: true },
  ]);
  for (const address of internet) {
    for (const port of [443, 587]) assert.ok(reaches(rules, panel, { address, port }), `${address}:${port}`);
    for (const port of [25, 80, 5432]) assert.ok(!reaches(rules, panel, { address, port }), `${address}:${port}`);
    assert.ok(!reaches(rules, worker, { address, port: 443 }), "another pod");
  }
  for (const [what, addresses] of Object.entries(never))
    for (const address of addresses)
      for (const port of [443, 587]) assert.ok(!reaches(rules, panel, { address, port }), `${what}: ${address}`);
  assert.equal(reaches(rules, "outside", { pods: panel, port: 443 }), false, "a way out is no way in");
  assert.ok(reaches(rules, panel, { pods: postgres, port: 5432 }));
});

test("a network and the pods of a Service are reached at their ports, and their neighbours are not", () => {
  const mail = { namespace: "mail", podLabels: { app: "relay" } };
  const rules = networkRules([
    ...needed,
    { from: panel, to: { cidr: "10.20.0.0/16", port: 5671 }, chosen: true },
    { from: panel, to: { ...mail, port: 1025 }, chosen: true },
  ]);
  assert.ok(reaches(rules, panel, { address: "10.20.255.1", port: 5671 }));
  assert.ok(!reaches(rules, panel, { address: "10.21.0.1", port: 5671 }));
  assert.ok(!reaches(rules, panel, { address: "10.20.255.1", port: 1025 }));
  const relay = { namespace: "mail", labels: { app: "relay", tier: "smtp" } };
  assert.ok(reaches(rules, panel, { elsewhere: relay, port: 1025 }));
  assert.ok(!reaches(rules, panel, { elsewhere: relay, port: 5671 }));
  assert.ok(!reaches(rules, panel, { elsewhere: { ...relay, namespace: "other" }, port: 1025 }));
  assert.ok(!reaches(rules, panel, { elsewhere: { ...relay, labels: { app: "archive" } }, port: 1025 }));
});

test("openings stand in policies of their own, with one rule for each destination", () => {
  const open = networkRules([
    ...needed,
    { from: panel, to: { internet: true, port: 587 }, chosen: true },
    { from: panel, to: { internet: true, port: 443 }, chosen: true },
    { from: panel, to: { internet: true, port: 443 }, chosen: true },
  ]);
  const { "egress-panel-web": own, ...rest } = open;
  assert.deepEqual(rest, networkRules(needed));
  const rules = own!.egress as { ports: { port: number }[] }[];
  assert.deepEqual(
    rules.map(({ ports }) => ports.map(({ port }) => port)),
    [[443, 587]],
  );
});
