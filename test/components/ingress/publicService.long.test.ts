import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SettingsError } from "../../../components/settings/parse";
import { cloudConfig, smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { layerKey } from "../../support/project";
import { planOf } from "../../support/sharedPlans";
import { settingsOf } from "../../support/stackSettings";
import { everyStack } from "../../support/stacks";
import { parseOn } from "../settings/clouds";
import { parse, type Raw } from "../settings/stack";

const service = "kubernetes:core/v1:Service";

for (const stack of everyStack()) {
  test(`${stack.name}: clients, the balancer, the redirect and a forwarded port mean the same ports`, async () => {
    const { edge } = settingsOf(stack);
    const preview = await planOf(stack);
    const { spec } = preview.named(service, "edge-service").inputs;
    const wished = { https: edge.service.httpsPort ?? edge.httpsPort, http: edge.service.httpPort ?? edge.httpPort };
    const open = Object.fromEntries(spec.ports.map(({ name, port }: { name: string; port: number }) => [name, port]));
    assert.deepEqual(open, wished);
    const conf: string = preview.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
    const at = edge.httpsPort === 443 ? "" : `:${edge.httpsPort}`;
    const redirects = [...conf.matchAll(/return 30[18] https:\/\/\$host([^$]*)\$request_uri;/g)].map(
      ([, port]) => port,
    );
    assert.ok(redirects.length > 0, "plain HTTP is sent to HTTPS");
    for (const port of redirects) assert.equal(port, at);
  });
}

/** The Service of a small stack on a cluster of one's own. */
async function serviceOf(edge: Raw): Promise<any> {
  const small = smallConfig()[layerKey("edge")] as Raw;
  const preview = await plan(smallConfig({ edge: { ...small, ...edge } }));
  return preview.named(service, "edge-service").inputs;
}

test("k3s#1107: beside an ingress on 80 and 443 the balancer is asked for the ports of the settings", async () => {
  const { spec } = await serviceOf({ httpsPort: 8081, httpPort: 8080 });
  assert.deepEqual(
    spec.ports.map(({ port }: { port: number }) => port),
    [8081, 8080],
  );
});

test("the balancer of a cluster of one's own is told what the settings say", async () => {
  const given = {
    annotations: { "metallb.io/address-pool": "public" },
    loadBalancerClass: "metallb.io/metallb",
    address: "192.0.2.10",
    allowedSources: ["198.51.100.0/24"],
  };
  const { metadata, spec } = await serviceOf({ service: given });
  assert.equal(metadata.annotations["metallb.io/address-pool"], "public");
  assert.ok(metadata.annotations["pulumi.com/timeoutSeconds"], "what the stack itself says stays");
  assert.equal(spec.loadBalancerClass, given.loadBalancerClass);
  assert.equal(spec.loadBalancerIP, given.address);
  assert.deepEqual(spec.loadBalancerSourceRanges, given.allowedSources);
  const plain = await serviceOf({});
  for (const key of ["loadBalancerClass", "loadBalancerIP", "loadBalancerSourceRanges"])
    assert.equal(plain.spec[key], undefined, key);
});

test("a balancer that sends to pods opens no port of the nodes", async () => {
  const of = async (kind: "gke" | "eks") =>
    (await plan(cloudConfig(kind))).named(service, "edge-service").inputs.spec.allocateLoadBalancerNodePorts;
  assert.equal(await of("eks"), false);
  assert.equal(await of("gke"), undefined);
});

test("who may come in on AWS is said by the balancer's own security group, which the controller leaves alone", async () => {
  const config = cloudConfig("eks");
  const edge = config[layerKey("edge")] as Raw;
  edge.service = { allowedSources: ["198.51.100.0/24", "192.0.2.0/24"] };
  const rules = (await plan(config))
    .of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    .filter(({ name }) => name.startsWith("cluster-entrance-http"))
    .map(({ inputs }) => `${inputs.cidrIpv4} ${inputs.fromPort}`);
  assert.deepEqual(rules.sort(), ["192.0.2.0/24 443", "192.0.2.0/24 80", "198.51.100.0/24 443", "198.51.100.0/24 80"]);
});

/** What the settings say of the Service, on a cluster of one's own, and what is told. */
const told: [edge: Raw, errors: RegExp[]][] = [
  [
    { service: { annotations: { "pulumi.com/skipAwait": "true" } } },
    [/annotations\["pulumi\.com\/skipAwait"\].*configures the tools/],
  ],
  [{ service: { annotations: { "a b": "x" } } }, [/is not the key of an annotation/]],
  [{ service: { annotations: { "a.example/b": 5 } } }, [/annotations/]],
  [{ service: { loadBalancerClass: "metallb" } }, [/loadBalancerClass: "metallb" is not a class/]],
  [{ service: { address: "192.0.2.0/24" } }, [/address: "192\.0\.2\.0\/24" is not an address/]],
  [{ service: { address: "lb.example.com" } }, [/is not an address/]],
  [{ service: { allowedSources: ["198.51.100.7"] } }, [/has no prefix length/]],
  [{ service: { type: "NodePort", address: "192.0.2.1" } }, [/service\.address: has no use with type NodePort/]],
  [
    { service: { type: "NodePort", loadBalancerClass: "a.example/b", allowedSources: ["192.0.2.0/24"] } },
    [/loadBalancerClass: has no use/, /allowedSources: has no use/],
  ],
  [{ service: { httpsPort: 8000, httpPort: 8000 } }, [/service\.httpPort: 8000 is the port of HTTPS too/]],
  [{ service: { httpsPort: 80 } }, [/service\.httpPort: 80 is the port of HTTPS too/]],
  [
    { service: { address: "192.0.2.1", annotations: { "metallb.io/loadBalancerIPs": "192.0.2.2" } } },
    [/metallb\.io\/loadBalancerIPs"\]: asks for an address as edge\.service\.address/],
  ],
  [
    {
      service: { allowedSources: ["198.51.100.0/24"] },
      clientAddress: { from: "proxyProtocol", trustedProxies: ["10.1.0.0/16"] },
    },
    [/allowedSources: leaves out 10\.1\.0\.0\/16 of edge\.clientAddress\.trustedProxies/],
  ],
  [
    {
      service: { allowedSources: ["198.51.100.0/24"] },
      panel: { host: "panel.acme.dev" },
      chat: { host: "chat.acme.dev" },
      certificate: { kind: "acme", email: "ops@acme.dev", challenge: "http01" },
    },
    [/allowedSources: keeps an ACME authority out/],
  ],
];

describe("what contradicts itself is told before anything is made", () => {
  for (const [edge, patterns] of told) {
    test(JSON.stringify(edge), () => {
      assert.throws(
        () => parse((raw) => Object.assign(raw.edge, edge)),
        (error: SettingsError) => {
          assert.ok(error instanceof SettingsError);
          const lines = error.message.split("\n").slice(1);
          assert.equal(lines.length, patterns.length, error.message);
          for (const [index, pattern] of patterns.entries()) assert.match(lines[index]!, pattern);
          return true;
        },
      );
    });
  }

  test("a cloud's balancer is made by the stack, which leaves nothing of it to be said", () => {
    for (const cloud of ["gke", "eks"] as const)
      assert.throws(
        () =>
          parseOn(cloud, (raw) => {
            raw.edge.service = {
              ...{ httpsPort: 444, address: "192.0.2.1", loadBalancerClass: "a.example/b" },
              annotations: {
                "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
                "networking.gke.io/load-balancer-type": "Internal",
                "team.example/owner": "platform",
              },
            };
          }),
        (error: SettingsError) => {
          assert.deepEqual(
            [...error.message.matchAll(/^ +edge\.service\.(\w+)/gm)].map(([, key]) => key).sort(),
            ["address", "annotations", "httpsPort", "loadBalancerClass"],
            error.message,
          );
          return true;
        },
      );
  });

  test("the address of the client is not hidden in production, and elsewhere only with a word", () => {
    const hide = (raw: Raw) => {
      raw.edge.service = { externalTrafficPolicy: "Cluster" };
    };
    assert.match(parse(hide).warnings.join("\n"), /externalTrafficPolicy: Cluster hides the client's address/);
    assert.throws(
      () =>
        parse((raw) => {
          hide(raw);
          raw.operations = { protect: true };
        }),
      /externalTrafficPolicy: Cluster hides the client's address/,
    );
  });
});
