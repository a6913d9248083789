import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Input } from "@pulumi/pulumi";
import { publicServiceSpec as eksWords } from "../../../components/clouds/aws/traits";
import { ExistingCluster } from "../../../components/clouds/existing/cluster";
import { publicServiceSpec as gkeWords } from "../../../components/clouds/gcp/traits";
import type { PublicProfile, PublicServiceSpec } from "../../../components/contracts";
import { type NginxConfArgs, nginxConf } from "../../../components/ingress/nginxConf";
import { publicProfile } from "../../../components/ingress/profile";
import { record } from "../../../engine/record/recorder";
import { chatHost, sampleArgs } from "./confSample";

type From = NginxConfArgs["clientAddress"]["from"];

const settingsOf = (from: From, websocketIdleSeconds = 3600) => ({
  clientAddress: { from, trustedProxies: from === "connection" ? [] : ["10.0.0.0/16"] },
  websocketIdleSeconds,
  drainSeconds: 60,
});

function confOf(settings: ReturnType<typeof settingsOf>): string {
  const upstream = { name: "solver", host: "solver", port: 8089 };
  return nginxConf(sampleArgs({ ...settings, challenges: [{ hostname: chatHost, upstream }] }));
}

/** Every wait of a configuration in seconds, without the time that a stopping process has. */
const waitsOf = (conf: string) =>
  [...conf.matchAll(/(?:proxy_\w+|client_\w+|keepalive)_timeout ([^;]+);/g)].flatMap(([, times]) =>
    times!.split(" ").map((time) => Number.parseInt(time, 10)),
  );

/** Every `listen`: the port, and whether the PROXY protocol is waited for there. */
const listensOf = (conf: string) =>
  [...conf.matchAll(/listen (\d+)([^;]*);/g)].map(([, port, words]) => ({
    port: Number(port),
    proxyProtocol: / proxy_protocol\b/.test(words!),
  }));

/** The words of each kind of cluster for a public Service. */
const kinds: Record<string, (profile: PublicProfile) => PublicServiceSpec> = {
  gke: (profile) => gkeWords(profile, "address"),
  eks: (profile) =>
    eksWords(profile, { addressIds: ["eip"], subnetIds: ["subnet"], securityGroupId: "sg", isProtected: false }),
};
before(async () => {
  await record(
    async () => {
      const cluster = new ExistingCluster("cluster", {
        ...{ context: "here", kubeconfig: { text: "{}" } },
        dns: { podLabels: {}, port: 53, addresses: [] },
      } as never);
      kinds.existing = cluster.traits.publicService;
      return {};
    },
    { project: "switchboard", stack: "dev", config: {} },
  );
});

/** Who can tell the client's address how: on the clouds the settings refuse everything else (settings/checks/edge.ts). */
const possible: Record<string, readonly From[]> = {
  existing: ["connection", "proxyProtocol", "xForwardedFor"],
  gke: ["connection"],
  eks: ["connection", "proxyProtocol"],
};

const text = (value: Input<string> | undefined) => (typeof value === "string" ? value : "");

for (const [kind, ways] of Object.entries(possible)) {
  describe(`a balancer of ${kind}`, () => {
    for (const from of ways) {
      test(`and NGINX agree about the client's address from ${from}`, () => {
        const settings = settingsOf(from);
        const conf = confOf(settings);
        const profile = publicProfile(settings);
        const words = kinds[kind]!(profile);
        const proxied = from === "proxyProtocol";

        for (const { port, proxyProtocol } of listensOf(conf))
          assert.equal(proxyProtocol, proxied && port !== profile.health.port, `port ${port}`);
        assert.equal(conf.includes("real_ip_header proxy_protocol;"), proxied);
        assert.equal(conf.includes("real_ip_header X-Forwarded-For;"), from === "xForwardedFor");
        assert.equal(conf.includes("set_real_ip_from "), from !== "connection");

        const said = Object.values(words.annotations).map(text).join();
        if (kind === "eks") assert.ok(said.includes(`proxy_protocol_v2.enabled=${proxied}`), said);
        else assert.doesNotMatch(said, /proxy/i);
        // Who reads the address from the connection needs it kept: by the node's policy, or by the balancer itself.
        if (from === "connection")
          assert.ok(words.externalTrafficPolicy === "Local" || said.includes("preserve_client_ip.enabled=true"), said);
      });
    }

    test("asks for health where NGINX tells it", () => {
      const profile = publicProfile(settingsOf("connection"));
      const words = kinds[kind]!(profile);
      const conf = confOf(settingsOf("connection"));
      assert.match(conf, new RegExp(`listen ${profile.health.port};[\\s\\S]*?location = ${profile.health.path} \\{`));
      const health = Object.entries(words.annotations).filter(([key]) => /healthcheck-(port|path)$/.test(key));
      assert.equal(words.asksHealthPort, health.length > 0);
      if (words.asksHealthPort)
        assert.deepEqual(health.map(([, value]) => value).sort(), [profile.health.path, String(profile.health.port)]);
    });
  });
}

test("GKE, which does not speak the PROXY protocol, refuses it", () => {
  assert.throws(() => kinds.gke!(publicProfile(settingsOf("proxyProtocol"))), /proxyProtocol/);
});

test("NGINX is who closes a silent connection: its longest wait is the profile's, and AWS' balancer waits longer", () => {
  for (const websocketIdleSeconds of [26, 75, 3600, 5990]) {
    const settings = settingsOf("connection", websocketIdleSeconds);
    const waits = waitsOf(confOf(settings));
    assert.ok(waits.length > 8 && waits.includes(websocketIdleSeconds), String(waits));
    assert.equal(publicProfile(settings).idleSeconds, Math.max(...waits));
    const listeners = Object.entries(kinds.eks!(publicProfile(settings)).annotations).filter(([key]) =>
      key.includes("listener-attributes"),
    );
    assert.equal(listeners.length, 2);
    for (const [, words] of listeners) {
      const idle = Number(/^tcp\.idle_timeout\.seconds=(\d+)$/.exec(text(words))?.[1]);
      assert.ok(idle >= Math.max(...waits) + 10 && idle <= 6000, `${idle} for ${waits}`);
    }
  }
});

test("a pod drains for as long as the balancer is told that it does", () => {
  const settings = settingsOf("connection");
  const { drainSeconds } = publicProfile(settings);
  assert.match(confOf(settings), new RegExp(`worker_shutdown_timeout ${drainSeconds}s;`));
  const said = Object.values(kinds.eks!(publicProfile(settings)).annotations)
    .map(text)
    .join();
  const delay = Number(/deregistration_delay\.timeout_seconds=(\d+)/.exec(said)?.[1]);
  assert.ok(delay >= drainSeconds, said);
});
