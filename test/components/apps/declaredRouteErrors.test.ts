import assert from "node:assert/strict";
import { test } from "node:test";
import { problems } from "../settings/stack";
import { password, routedApps } from "./routedShop";

test("what cannot be is told with the key of the address", () => {
  const wrong = (change: (app: any, raw: any) => void) => {
    const given = routedApps() as any;
    const changed = (raw: any) => {
      raw.apps = given;
      change(given.shop, raw);
    };
    // The passwords are stored with --secret.
    return problems(changed, { secretLayers: new Set(["apps"]) });
  };
  assert.deepEqual(
    wrong(() => {}),
    [],
  );
  const web = "apps.shop.processes.web";
  const one =
    (change: object) =>
    ({ processes }: any) =>
      (processes.web.route = { host: "shop.example.com", ...change });
  const cases: [string, (app: any, raw: any) => void, string][] = [
    [
      "an empty list of networks",
      one({ allow: [] }),
      `${web}.route.allow: is empty, which would let nobody in; name networks, or remove the key`,
    ],
    [
      "everybody",
      one({ allow: ["::/0"] }),
      `${web}.route.allow[0]: "::/0" is everybody; name the networks of the clients, or remove allow`,
    ],
    [
      "no network",
      one({ allow: ["10.0.0.1"] }),
      `${web}.route.allow[0]: "10.0.0.1" has no prefix length; did you mean "10.0.0.1/32"?`,
    ],
    [
      "host bits",
      ({ processes }) => (processes.web.route[2].allow = ["10.0.0.1/8"]),
      `${web}.route[2].allow[0]: "10.0.0.1/8" has host bits set; did you mean "10.0.0.0/8"?`,
    ],
    [
      "no user",
      one({ basicAuth: {} }),
      `${web}.route.basicAuth: is empty, which would let nobody in; give a user and a password, or remove the key`,
    ],
    [
      "a user that the file cannot have",
      one({ basicAuth: { "a:b": password } }),
      `${web}.route.basicAuth["a:b"]: "a:b" is not a user; use up to 64 letters, digits, "_", ".", "@" and "-", with a letter or digit first`,
    ],
    [
      "a short password",
      one({ basicAuth: { ann: "hunter2" } }),
      `${web}.route.basicAuth.ann: is short enough to be guessed; use at least 12 characters`,
    ],
    [
      "a long one",
      one({ basicAuth: { ann: "ä".repeat(129) } }),
      `${web}.route.basicAuth.ann: is too long; use at most 256 bytes`,
    ],
    [
      "two lines",
      one({ basicAuth: { ann: "first-line\nroot:x" } }),
      `${web}.route.basicAuth.ann: has a control character such as a line break; remove it`,
    ],
    [
      "a number as password",
      one({ basicAuth: { ann: 123456789012 } }),
      `${web}.route.basicAuth.ann: the value is not text; quote it: "…"`,
    ],
    [
      "an empty list",
      ({ processes }) => (processes.web.route = []),
      `${web}.route: is empty; give an address, or remove the key`,
    ],
    [
      "a word",
      ({ processes }) => (processes.web.route = "shop.example.com"),
      `${web}.route: "shop.example.com" is no address; write its host below it`,
    ],
    ["an unknown key", one({ pth: "/a" }), `${web}.route.pth: unknown key; did you mean path?`],
    [
      "one in a list",
      ({ processes }) => (processes.web.route[1].allows = []),
      `${web}.route[1].allows: unknown key; did you mean allow?`,
    ],
    [
      "no host in a list",
      ({ processes }) => delete processes.web.route[1].host,
      `${web}.route[1].host: is not set; add it to Pulumi.dev.yaml (public host name)`,
    ],
    [
      "two at one place",
      ({ processes }) => (processes.api.route = { host: "shop.example.com" }),
      `apps.shop.processes.api.route.host: ${web}.route[0].host and apps.shop.processes.api.route.host are both "shop.example.com"; use two hosts, or set apps.shop.processes.api.route.path to e.g. "/live"`,
    ],
    [
      "two at one path",
      ({ processes }) => (processes.web.route[1] = { ...processes.web.route[2], basicAuth: undefined }),
      `${web}.route[2].path: "/admin" is ${web}.route[1].path too, at the same host ("shop.example.com"); use another path, or two hosts`,
    ],
    [
      "a path that is limited",
      ({ processes }) => (processes.api.route = { host: "shop.example.com", path: "/admin/login" }),
      `apps.shop.processes.api.route.path: "/admin/login" would take "/login" from ${web}.route[2] at the same host ("shop.example.com"); use another path, or two hosts`,
    ],
    [
      "a limited path that is another's",
      ({ processes }) => (processes.web.route[0].loginPath = "/admin"),
      `${web}.route[2].path: "/admin" would take "/admin" from ${web}.route[0] at the same host ("shop.example.com"); use another path, or two hosts`,
    ],
    [
      "the panel's host",
      ({ processes }) => (processes.api.route = { host: "panel.localhost" }),
      'apps.shop.processes.api.route.host: edge.panel.host and apps.shop.processes.api.route.host are both "panel.localhost"; use two hosts, or set apps.shop.processes.api.route.path to e.g. "/live"',
    ],
    [
      "a path of the chat",
      ({ processes }, raw) => {
        raw.edge.chat = { host: "panel.localhost", path: "/live" };
        processes.api.route = { host: "panel.localhost", path: "/live/socket" };
      },
      'apps.shop.processes.api.route.path: "/live/socket" would take "/socket" from edge.chat at the same host ("panel.localhost"); use another path, or two hosts',
    ],
    [
      "no port",
      ({ processes }) => delete processes.web.port,
      `${web}.route: leads to no port; set ${web}.port, or remove route`,
    ],
    [
      "TLS without a port",
      ({ processes }) => delete processes.web.port,
      `${web}.tls: "platform" has no use without a port; set ${web}.port, or remove tls`,
    ],
    [
      "a kind of TLS",
      ({ processes }) => (processes.web.tls = true),
      `${web}.tls: true is not text; quote it: "true", and use one of none, own, platform`,
    ],
    [
      "a long silence",
      one({ timeoutSeconds: 7200 }),
      `${web}.route.timeoutSeconds: 7200 is above 3600, after which the load balancer closes a silent connection; lower it, or raise edge.websocketIdleSeconds to 7200`,
    ],
    [
      "addresses that NGINX does not see",
      (_app, raw) => (raw.edge.service = { externalTrafficPolicy: "Cluster" }),
      `${web}.route[2].allow: NGINX sees nodes' addresses instead of the clients', because edge.service.externalTrafficPolicy is Cluster; use Local, or a load balancer that sends the client's address (edge.clientAddress.from)`,
    ],
    [
      "a body that fills the disk",
      (_app, raw) => (raw.edge.resources = { tmpSize: "100Mi" }),
      `edge.resources.tmpSize: "100Mi" has no room for one request of ${web}.route[1].bodySize ("200m"), which would end the pod; raise it, or lower ${web}.route[1].bodySize`,
    ],
    [
      "a variable that TLS sets",
      (app) => (app.env = { TLS_KEY_FILE: "x" }),
      "apps.shop.env.TLS_KEY_FILE: is set by the platform; remove it or use another name",
    ],
  ];
  for (const [what, change, expected] of cases) {
    const found = wrong(change);
    assert.ok(found.includes(expected), `${what}:\n${expected}\n${found.join("\n") || "nothing"}`);
    assert.doesNotMatch(found.join("\n"), /hunter2|first-line|123456789012/);
  }
});

test("a password in clear is refused, and one that is stored as a secret is taken", () => {
  const stored = (route: object) => ({ config: { "switchboard:apps": { shop: { processes: { web: { route } } } } } });
  const given = (route: object, file: object, change: (raw: any) => void = () => {}) =>
    problems(
      (raw) => {
        raw.apps = { shop: { image: "registry.example/shop:1", processes: { web: { port: 80, route } } } };
        change(raw);
      },
      { secretLayers: new Set(["apps"]), stored: stored(file) },
    );
  const route = { host: "shop.example.com", basicAuth: { ann: password } };
  const encrypted = { ...route, basicAuth: { ann: { secure: "v1:x" } } };
  const path = "apps.shop.processes.web.route.basicAuth.ann";
  const clear = `${path}: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path ${path}`;
  assert.deepEqual(given(route, encrypted), []);
  assert.deepEqual(given(route, route), [clear]);
  const inList = clear.replaceAll("route.", "route[0].");
  assert.deepEqual(given([route], [route]), [inList]);
  assert.deepEqual(given([route], [encrypted]), []);
  // Whatever else is wrong.
  assert.ok(given(route, route, (raw) => (raw.apps.shop.user = 0)).includes(clear));
  const wrongToo = given(route, encrypted, (raw) => (raw.apps.shop.user = 0));
  assert.deepEqual(
    wrongToo.filter((problem) => problem.includes("basicAuth")),
    [],
  );
});
