import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection, PodIdentity } from "../../../components/contracts";
import { networkRules } from "../../../components/network/networkRules";
import { reaches } from "../../support/reachability";

const pod = (name: string, component: string): PodIdentity => ({ name, component });
const [edge, panel, worker, chat, postgres, redis] = [
  pod("edge", "proxy"),
  pod("panel", "web"),
  pod("panel", "worker"),
  pod("chat", "socket"),
  pod("postgres", "server"),
  pod("redis", "server"),
] as const;
const all = [edge, panel, worker, chat, postgres, redis];

const connections: Connection[] = [
  { from: "anywhere", to: { pods: edge, port: 8443 } },
  { from: edge, to: { pods: panel, port: 3000 } },
  { from: edge, to: { pods: chat, port: 4000 } },
  { from: panel, to: { pods: postgres, port: 5432 } },
  { from: panel, to: { pods: redis, port: 6379 } },
  { from: worker, to: { pods: postgres, port: 5432 } },
  { from: worker, to: { pods: redis, port: 6379 } },
  { from: chat, to: { pods: postgres, port: 5432 } },
  { from: chat, to: { pods: chat, port: 9100 } },
];

test("exactly the connections are open: every other pair of pods and ports is refused", () => {
  const rules = networkRules(connections);
  const ports = [3000, 4000, 5432, 6379, 8443, 9100];
  for (const from of all)
    for (const to of all)
      for (const port of ports) {
        const wanted = connections.some(
          (entry) =>
            "pods" in entry.to &&
            entry.to.pods === to &&
            entry.to.port === port &&
            // The edge is open to the world, and pods may still not leave for it.
            entry.from === from,
        );
        const name = `${from.name}-${from.component} to ${to.name}-${to.component}:${port}`;
        assert.equal(reaches(rules, from, { pods: to, port }), wanted, name);
      }
});

test("the world reaches the proxy and nothing else", () => {
  const rules = networkRules(connections);
  for (const to of all) {
    assert.equal(reaches(rules, "outside", { pods: to, port: 8443 }), to === edge, `${to.name}-${to.component}`);
  }
});

test("an address outside the cluster is reached only by the pod that has an edge to it", () => {
  const rules = networkRules([...connections, { from: worker, to: { cidr: "10.9.0.0/16", port: 5432 } }]);
  assert.equal(reaches(rules, worker, { address: "10.9.1.2", port: 5432 }), true);
  assert.equal(reaches(rules, worker, { address: "10.8.1.2", port: 5432 }), false);
  assert.equal(reaches(rules, panel, { address: "10.9.1.2", port: 5432 }), false);
});

test("the order of the connections does not change the policies", () => {
  const pods = (rules: ReturnType<typeof networkRules>) => Object.keys(rules);
  assert.deepEqual(pods(networkRules([...connections].reverse())), pods(networkRules(connections)));
});
