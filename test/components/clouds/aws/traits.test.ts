import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { clouds } from "../../../../components/clouds";
import { deregistrationSeconds } from "../../../../components/clouds/aws/loadBalancer";
import { publicServiceSpec } from "../../../../components/clouds/aws/traits";
import type { PublicProfile } from "../../../../components/contracts";

const place = {
  addressIds: ["eipalloc-a", "eipalloc-b"],
  subnetIds: ["subnet-a", "subnet-b"],
  securityGroupId: "sg-1",
  isProtected: true,
};
const profile: PublicProfile = {
  proxyProtocol: false,
  idleSeconds: 3600,
  drainSeconds: 240,
  health: { port: 8081, path: "/healthz" },
};
const prefix = "service.beta.kubernetes.io/aws-load-balancer-";

/** The annotations without what they all begin with. */
async function annotations(changes: Partial<PublicProfile> = {}): Promise<Record<string, string>> {
  const words = publicServiceSpec({ ...profile, ...changes }, place);
  const known = await new Promise<Record<string, string>>((resolve) => {
    pulumi.output(words.annotations as Record<string, pulumi.Input<string>>).apply(resolve);
  });
  for (const key of Object.keys(known)) assert.ok(key.startsWith(prefix), key);
  return Object.fromEntries(Object.entries(known).map(([key, value]) => [key.slice(prefix.length), value]));
}

test("the whole of what a public Service says", async () => {
  assert.deepEqual(await annotations(), {
    scheme: "internet-facing",
    "nlb-target-type": "ip",
    "ip-address-type": "ipv4",
    subnets: "subnet-a,subnet-b",
    "eip-allocations": "eipalloc-a,eipalloc-b",
    "security-groups": "sg-1",
    "manage-backend-security-group-rules": "false",
    attributes: "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true",
    "listener-attributes.TCP-443": "tcp.idle_timeout.seconds=3610",
    "listener-attributes.TCP-80": "tcp.idle_timeout.seconds=3610",
    "target-group-attributes":
      "proxy_protocol_v2.enabled=false,preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=390," +
      "deregistration_delay.connection_termination.enabled=false,target_health_state.unhealthy.connection_termination.enabled=false",
    "healthcheck-protocol": "HTTP",
    "healthcheck-port": "8081",
    "healthcheck-path": "/healthz",
    "healthcheck-interval": "10",
    "healthcheck-timeout": "5",
    "healthcheck-healthy-threshold": "2",
    "healthcheck-unhealthy-threshold": "2",
    "healthcheck-success-codes": "200",
  });
  const { loadBalancerClass, externalTrafficPolicy, asksHealthPort } = publicServiceSpec(profile, place);
  assert.equal(loadBalancerClass, "service.k8s.aws/nlb");
  assert.equal(externalTrafficPolicy, "Cluster");
  assert.equal(asksHealthPort, true);
});

describe("profile to words", () => {
  const cases: { name: string; changes: Partial<PublicProfile>; key: string; says: RegExp }[] = [
    {
      name: "with the PROXY protocol the balancer speaks it and keeps its own address",
      changes: { proxyProtocol: true },
      key: "target-group-attributes",
      says: /^proxy_protocol_v2\.enabled=true,preserve_client_ip\.enabled=false,/,
    },
    {
      name: "without it the connection has the client's address",
      changes: { proxyProtocol: false },
      key: "target-group-attributes",
      says: /^proxy_protocol_v2\.enabled=false,preserve_client_ip\.enabled=true,/,
    },
    { name: "a short silence", changes: { idleSeconds: 5 }, key: "listener-attributes.TCP-443", says: /=60$/ },
    { name: "a long silence", changes: { idleSeconds: 9000 }, key: "listener-attributes.TCP-80", says: /=6000$/ },
    {
      name: "the longest that settings allow",
      changes: { idleSeconds: 5990 },
      key: "listener-attributes.TCP-443",
      says: /=6000$/,
    },
    {
      name: "a long drain",
      changes: { drainSeconds: 9000 },
      key: "target-group-attributes",
      says: /deregistration_delay\.timeout_seconds=3600,/,
    },
    {
      name: "another health port",
      changes: { health: { port: 9000, path: "/up" } },
      key: "healthcheck-port",
      says: /^9000$/,
    },
    {
      name: "another health path",
      changes: { health: { port: 9000, path: "/up" } },
      key: "healthcheck-path",
      says: /^\/up$/,
    },
  ];
  for (const { name, changes, key, says } of cases)
    test(name, async () => {
      assert.match((await annotations(changes))[key]!, says);
    });
});

test("the proxy waits as long as the settings reckon with", () => {
  assert.equal(deregistrationSeconds, clouds.aws.deregistrationSeconds);
});
