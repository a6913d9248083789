import assert from "node:assert/strict";
import { test } from "node:test";
import { loadBalancerChecks } from "../../../../components/clouds/aws/checks";
import { letsEncrypt } from "../../../../components/ingress/settings/acme";
import { reservedName } from "../../../../components/schema/values/reservedNames";
import { Findings, type Layers } from "../../../../components/settings/checks/check";
import { edgeChecks } from "../../../../components/settings/checks/edge";
import { layerSchemas } from "../../../../components/settings/layers";
import { context, leastSettings, parse, problems, type Raw } from "../../settings/stack";

const acme = { kind: "acme", email: "platform@acme.dev" };

/** Settings with public names and a certificate of kind acme. */
function publicly(change: (raw: Raw) => void = () => {}): (raw: Raw) => void {
  return (raw) => {
    raw.edge.panel.host = "panel.acme.dev";
    raw.edge.chat.host = "chat.acme.dev";
    raw.edge.certificate = { ...acme };
    change(raw);
  };
}

/** What the checks of the edge say of an edge, on a cluster and with operations as given. */
function judge(cluster: object, change: (raw: Raw) => void = () => {}, protect = false) {
  const raw = leastSettings();
  publicly(change)(raw);
  const layers = {
    cluster,
    edge: layerSchemas(context, raw).edge.parse(raw.edge),
    operations: { protect, rolloutTimeoutSeconds: 600 },
  } as unknown as Layers;
  const found = new Findings(layers);
  for (const check of [...edgeChecks, ...loadBalancerChecks]) check(layers, found, new Date());
  return { errors: found.errors, warnings: found.warnings };
}

const existing = { kind: "existing" };
const gke = { kind: "gke", dnsZone: { name: "acme", domain: "acme.dev" } };
const eks = { kind: "eks", dnsZone: { id: "Z1", domain: "acme.dev" } };

test("the least that a certificate by ACME needs is an address; the rest is the cautious choice", () => {
  const { certificate } = parse(publicly()).edge;
  assert.deepEqual(certificate, {
    ...acme,
    directory: { authority: "staging", url: letsEncrypt.staging },
    challenge: "http01",
    certManager: "install",
  });
});

test("the address of a known directory is that directory, any other is another's", () => {
  const directory = (given: string) => {
    const { certificate } = parse(publicly((raw) => (raw.edge.certificate.directory = given))).edge;
    return certificate.kind === "acme" ? certificate.directory : undefined;
  };
  assert.deepEqual(directory("production"), { authority: "production", url: letsEncrypt.production });
  assert.deepEqual(directory(letsEncrypt.production), directory("production"));
  const other = "https://ca.acme.dev/acme/acme/directory";
  assert.deepEqual(directory(other), { authority: "other", url: other });
});

const form = "use staging or production (Let's Encrypt), or the https:// address of another ACME directory";

test("a directory that is none, is not encrypted or has a password in it, a wrong address, an unknown key", () => {
  const told = (certificate: object) => problems(publicly((raw) => Object.assign(raw.edge.certificate, certificate)));
  const key = "edge.certificate.directory";
  assert.deepEqual(told({ directory: "prod" }), [`${key}: "prod" is not an ACME directory; ${form}`]);
  assert.deepEqual(told({ directory: "http://ca.acme.dev" }), [
    `${key}: "http://ca.acme.dev" is not encrypted; ${form}`,
  ]);
  assert.deepEqual(told({ directory: "https://me:hunter2@ca.acme.dev" }), [
    `${key}: has a user or password in it; ${form}`,
  ]);
  assert.deepEqual(told({ email: "nobody" }), [
    'edge.certificate.email: "nobody" is not an e-mail address; write e.g. "admin@example.com"',
  ]);
  assert.deepEqual(told({ challenge: "tls-alpn-01" }), [
    'edge.certificate.challenge: "tls-alpn-01" is not supported; use one of http01, dns01',
  ]);
  assert.deepEqual(told({ wildcard: true }).length, 1);
});

test("row 10: names that no public authority certifies, each with what reserves it", () => {
  const told = (panel: string) => judge(existing, (raw) => (raw.edge.panel.host = panel)).errors;
  const todo = "use a name that you have registered, or a certificate of kind selfSigned";
  assert.deepEqual(told("example.com"), [
    `edge.panel.host: "example.com" is reserved (RFC 2606), so no public authority certifies it; ${todo}`,
  ]);
  for (const [host, name, source] of [
    ["panel.example.org", "example.org", "RFC 2606"],
    ["panel.local", "local", "RFC 6762"],
    ["panel.test", "test", "RFC 2606"],
    ["panel.localhost", "localhost", "RFC 6761"],
    ["panel.corp.internal", "internal", "ICANN 2024"],
    ["panel.home.arpa", "home.arpa", "RFC 8375"],
  ]) {
    assert.deepEqual(told(host!), [
      `edge.panel.host: "${host}" is below ${name}, which is reserved (${source}), so no public authority certifies it; ${todo}`,
    ]);
  }
  assert.deepEqual(told("panel"), [
    `edge.panel.host: "panel" has no domain, so no public authority certifies it; ${todo}`,
  ]);
  assert.equal(reservedName("example.com.acme.dev"), undefined);
  assert.equal(reservedName("notexample.com"), undefined);
});

test("row 10: a private authority may certify names of its own, and other kinds of certificate any name", () => {
  const own = (raw: Raw) => {
    raw.edge.panel.host = "panel.corp.internal";
    raw.edge.certificate.directory = "https://ca.corp.internal/directory";
  };
  assert.deepEqual(judge(existing, own).errors, []);
  assert.deepEqual(
    problems(() => {}),
    [],
  );
});

test("row 10: an account at a reserved domain", () => {
  const { errors } = judge(existing, (raw) => (raw.edge.certificate.email = "admin@example.com"));
  assert.deepEqual(errors, [
    'edge.certificate.email: "admin@example.com" is at a reserved domain (RFC 2606), which Let\'s Encrypt refuses; use an address that is read',
  ]);
});

test("the checks are made of every stack", () => {
  assert.match(problems(publicly((raw) => (raw.edge.httpPort = 8080))).join(), /port 80, .* \(http01\); use 80/);
});

test("row 7: a wildcard or an address is no host, whatever certifies it", () => {
  for (const host of ["*.acme.dev", "198.51.100.7"]) {
    assert.equal(problems(publicly((raw) => (raw.edge.panel.host = host))).length, 1);
  }
});

test("dns01 needs a zone, and hosts in it", () => {
  const dns = (raw: Raw) => (raw.edge.certificate.challenge = "dns01");
  const start = "edge.certificate.challenge: dns01 makes its records in cluster.dnsZone, ";
  assert.deepEqual(judge(existing, dns).errors, [`${start}which a cluster of kind existing has not; use http01`]);
  assert.deepEqual(judge({ kind: "gke" }, dns).errors, [
    `${start}and there is none; set cluster.dnsZone, or use http01`,
  ]);
  assert.deepEqual(judge(gke, dns).errors, []);
  assert.deepEqual(judge(gke, (raw) => (raw.edge.chat.host = "acme.dev")).errors, []);
  assert.deepEqual(judge(eks, (raw) => (raw.edge.chat.host = "chat.notacme.dev")).errors, [
    'edge.chat.host: "chat.notacme.dev" is not in cluster.dnsZone.domain ("acme.dev"). So it gets no record and no certificate there; use a name below it, or change or remove cluster.dnsZone',
  ]);
});

test("http01 is asked on port 80", () => {
  assert.deepEqual(judge(existing, (raw) => (raw.edge.httpPort = 8080)).errors, [
    "edge.httpPort: 8080 is not port 80, to which an ACME authority connects (http01); use 80",
  ]);
  const nodePort = (raw: Raw) => (raw.edge.service = { type: "NodePort" });
  assert.deepEqual(judge(existing, nodePort), {
    errors: [],
    warnings: [
      "edge.service.type: NodePort opens no port 80, to which an ACME authority connects (http01). In front of the nodes, forward port 80 of panel.acme.dev and chat.acme.dev to edge.service.httpNodePort",
    ],
  });
  const proxied = (raw: Raw) => (raw.edge.clientAddress = { from: "proxyProtocol", trustedProxies: ["10.0.0.0/16"] });
  assert.match(judge(existing, proxied).warnings.join(), /^edge\.clientAddress\.from: proxyProtocol can keep cert-/);
  assert.deepEqual(judge(eks, proxied).warnings, []);
});

test("staging is said in production, production is said elsewhere", () => {
  const production = (raw: Raw) => (raw.edge.certificate.directory = "production");
  const key = "edge.certificate.directory";
  assert.deepEqual(
    judge(gke, () => {}, true),
    {
      errors: [],
      warnings: [
        `${key}: certificates of staging are refused by browsers; use production once a first certificate has been issued`,
      ],
    },
  );
  assert.deepEqual(judge(gke, production, true), { errors: [], warnings: [] });
  assert.deepEqual(judge(gke), { errors: [], warnings: [] });
  assert.deepEqual(judge(gke, production), {
    errors: [],
    warnings: [
      `${key}: production issues only a few certificates a week for each domain. This stack is not protected (operations.protect), so it looks like a trial; use staging for trials`,
    ],
  });
});

test("HSTS with a certificate of staging locks everyone out", () => {
  const hsts = (raw: Raw) => (raw.edge.hsts = { maxAgeSeconds: 300 });
  assert.deepEqual(judge(gke, hsts).errors, [
    "edge.hsts.maxAgeSeconds: 300 with a certificate of staging, which no browser trusts, locks everyone out; use 0, or edge.certificate.directory: production",
  ]);
});

test("the clouds' balancers pass connections on: no X-Forwarded-For, and the PROXY protocol on AWS only", () => {
  const from = (word: string) => (raw: Raw) =>
    (raw.edge.clientAddress = { from: word, trustedProxies: ["10.0.0.0/16"] });
  const key = "edge.clientAddress.from";
  const passes = "forwards connections unchanged, so clients could claim any address";
  assert.deepEqual(judge(gke, from("proxyProtocol")).errors, [
    `${key}: the passthrough load balancer of Google Cloud does not speak the PROXY protocol, and keeps the client's address anyway; use connection`,
  ]);
  assert.deepEqual(judge(gke, from("xForwardedFor")).errors, [
    `${key}: xForwardedFor needs a load balancer that speaks HTTP. The one of Google Cloud ${passes}; use connection`,
  ]);
  assert.deepEqual(judge(eks, from("xForwardedFor")).errors, [
    `${key}: xForwardedFor needs a load balancer that speaks HTTP. The one of AWS ${passes}; use connection or proxyProtocol`,
  ]);
  assert.deepEqual(judge(eks, from("proxyProtocol")).errors, []);
  assert.deepEqual(judge(existing, from("xForwardedFor")).errors, []);
});

test("row 38: a WebSocket may not be silent for longer than the balancer of AWS bears it", () => {
  const idle = (seconds: number) => (raw: Raw) => (raw.edge.websocketIdleSeconds = seconds);
  assert.deepEqual(judge(eks, idle(7200)).errors, [
    "edge.websocketIdleSeconds: 7200 is more than the load balancer of AWS keeps silent connections (60 to 6000 seconds, less 10 to spare); use 5990 or less",
  ]);
  assert.deepEqual(judge(eks, idle(5990)).errors, []);
  assert.deepEqual(judge(eks, idle(26)).errors, []);
  assert.deepEqual(judge(gke, idle(7200)).errors, []);
});

test("a cloud's balancer listens on the usual ports; without one nothing is public", () => {
  assert.deepEqual(judge(gke, (raw) => (raw.edge.httpsPort = 8443)).errors, [
    "edge.httpsPort: 8443 is not a port that the load balancer of Google Cloud listens on; use 443",
  ]);
  const nodePort = (raw: Raw) => {
    raw.edge.service = { type: "NodePort" };
    raw.edge.httpsPort = 8443;
    raw.edge.certificate = { kind: "selfSigned" };
  };
  assert.deepEqual(judge(eks, nodePort), {
    errors: [],
    warnings: [
      "edge.service.type: NodePort on AWS creates no load balancer. The nodes have no public addresses; use LoadBalancer, or run your own load balancer in front of them",
    ],
  });
});
