import assert from "node:assert/strict";
import { test } from "node:test";
import { type Circumstances, explainKubectl, type Trouble } from "../../../cli/cluster/kubectlErrors";

const local: Circumstances = { stack: "dev", local: true, context: "switchboard-local", namespace: "switchboard" };
const foreign: Circumstances = { stack: "prod", local: false, context: "prod", namespace: "switchboard" };

/** What kubectl 1.36 really says, who hears it, and what is made of it. */
const cases: readonly [stderr: string, at: Circumstances, trouble: Trouble, what: RegExp, todo: RegExp][] = [
  [
    "The connection to the server 10.213.0.2:6443 was refused - did you specify the right host or port?",
    ...([local, "unreachable", /^the local nodes are not running$/, /^npm run up -- dev$/] as const),
  ],
  [
    'E1121 07:00:00.1 7 memcache.go:265] "Unhandled Error" err="couldn\'t get"\nUnable to connect to the server: dial tcp: lookup prod.example.com: no such host',
    ...([foreign, "unreachable", /context prod does not answer: Unable to connect.*no such host$/, /VPN/] as const),
  ],
  [
    "Unable to connect to the server: net/http: TLS handshake timeout",
    ...([foreign, "unreachable", /TLS handshake timeout/, /network/] as const),
  ],
  [
    "error: You must be logged in to the server (Unauthorized)",
    ...([foreign, "unauthorized", /context prod does not accept the credentials/, /log in.*--context prod/] as const),
  ],
  [
    'Error from server (Forbidden): pods is forbidden: User "joe" cannot list resource "pods" in API group "" in the namespace "switchboard"',
    ...([foreign, "forbidden", /joe may not list pods in namespace switchboard/, /verb list on pods/] as const),
  ],
  [
    'Error from server (NotFound): namespaces "switchboard" not found',
    ...([
      foreign,
      "no namespace",
      /^prod is not up: context prod has no namespace switchboard$/,
      /switchboard up prod/,
    ] as const),
  ],
  [
    'Error from server (NotFound): namespaces "switchboard" not found',
    ...([local, "no namespace", /^dev is not up: the local nodes have no namespace/, /npm run up -- dev/] as const),
  ],
  [
    'Error from server (NotFound): deployments.apps "panel" not found',
    ...([local, "not found", /deployments\.apps "panel" not found/, /switchboard status dev/] as const),
  ],
  [
    "Unable to connect to the server: getting credentials: exec: executable gke-gcloud-auth-plugin not found",
    ...([
      foreign,
      "credentials",
      /gives credentials for context prod failed: .*not found/,
      /gcloud auth login/,
    ] as const),
  ],
  [
    "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    ...([foreign, "certificate", /does not trust/, /new kubeconfig/] as const),
  ],
  ['error: the server doesn\'t have a resource type "foos"', local, "failed", /resource type "foos"/, /run this again/],
  ["", local, "failed", /it gave no reason/, /run this again/],
];

for (const [stderr, at, trouble, what, todo] of cases) {
  test(`kubectl: ${trouble}: ${stderr.split("\n").at(-1)!.slice(0, 70)}`, () => {
    const refusal = explainKubectl(stderr, at);
    assert.equal(refusal.trouble, trouble);
    assert.match(refusal.message, what);
    assert.match(refusal.todo, todo);
  });
}
