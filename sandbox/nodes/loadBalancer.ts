import { Api, type ApiObject } from "./api";
import {
  type Assignment,
  assign,
  type BalancedNode,
  type BalancedPort,
  type BalancedService,
  targetsFor,
} from "./balance";
import { given, keyOf, type Objects, runController, say } from "./controller";
import { forward } from "./forward";
import { hostLink } from "./layout";
import { onMachine } from "./machine";

/**
 * The load balancer of the local nodes, a process of its own: gives Services of type LoadBalancer their addresses,
 * sends traffic for them to a ready node (where kube-proxy takes it), and passes loopback ports on to the
 * same ports of the oldest Service that has them. Its settings are the variables that `startLoadBalancer` sets.
 */
const network = given("LOAD_BALANCER_NETWORK");
const forwards = given("LOAD_BALANCER_FORWARDS")
  .split(",")
  .map((pair) => pair.split(":").map(Number) as [number, number]);
const api = new Api(given("LOAD_BALANCER_KUBECONFIG"));

let services: Objects = new Map();
let nodes: Objects = new Map();
let slices: Objects = new Map();
let assignments: Assignment[] = [];
let turn = 0;

async function main(): Promise<void> {
  // The ports open once it is known where connections go.
  await runController(
    api,
    ["/api/v1/services", "/api/v1/nodes", "/apis/discovery.k8s.io/v1/endpointslices"],
    (...all) => {
      [services, nodes, slices] = all as [Objects, Objects, Objects];
      return reconcile();
    },
  );
  for (const [from, to] of forwards) {
    // That of a stack which is gone may be somebody else's by now; `up` looks at its own before.
    await forward(from, () => targetsFor(to, balanced(), readyNodes(), turn++)).catch((error: Error) =>
      say(error.message),
    );
  }
  say(`passing on ${forwards.map(([from, to]) => `127.0.0.1:${from} -> ${to}`).join(", ")}`);
}

async function reconcile(): Promise<void> {
  const wanted = balanced();
  const before = assignments;
  assignments = assign(network, wanted, readyNodes(), before);
  for (const { key, address, via } of assignments) {
    const known = before.find((assignment) => assignment.key === key);
    if (via && (known?.address !== address || known.via?.address !== via.address)) {
      await onMachine(undefined, ["ip", "route", "replace", `${address}/32`, "via", via.address, "dev", hostLink]);
      say(`${key} has ${address}, taken by ${via.name}`);
    }
    if (via && wanted.find((service) => service.key === key)?.address !== address) {
      const [namespace, name] = key.split("/");
      await api.merge(`/api/v1/namespaces/${namespace}/services/${name}/status`, {
        status: { loadBalancer: { ingress: [{ ip: address, ipMode: "VIP" }] } },
      });
    }
  }
  for (const { key, address } of before) {
    if (assignments.some((assignment) => assignment.address === address)) continue;
    await onMachine(undefined, ["ip", "route", "delete", `${address}/32`, "dev", hostLink]).catch(() => "");
    say(`${key} has released ${address}`);
  }
}

function balanced(): BalancedService[] {
  return [...services.values()]
    .filter((object) => (object.spec as ServiceSpec).type === "LoadBalancer" && !object.metadata.deletionTimestamp)
    .map((object) => {
      const spec = object.spec as ServiceSpec;
      const status = object.status as { loadBalancer?: { ingress?: { ip?: string }[] } } | undefined;
      const key = keyOf(object);
      return {
        key,
        created: String(object.metadata.creationTimestamp),
        ports: spec.ports,
        address: status?.loadBalancer?.ingress?.[0]?.ip,
        ...(spec.externalTrafficPolicy === "Local" && { localNodes: nodesWithEndpoints(object) }),
      };
    });
}

function nodesWithEndpoints(service: ApiObject): string[] {
  const own = [...slices.values()].filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      (metadata.labels as Record<string, string> | undefined)?.["kubernetes.io/service-name"] === service.metadata.name,
  );
  const endpoints = own.flatMap((slice) => (slice.endpoints ?? []) as Endpoint[]);
  return endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap(({ nodeName }) => nodeName ?? []);
}

function readyNodes(): BalancedNode[] {
  return [...nodes.values()].flatMap((object) => {
    const { conditions = [], addresses = [] } = object.status as NodeStatus;
    const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
    const address = addresses.find(({ type }) => type === "InternalIP")?.address;
    return ready && address ? [{ name: object.metadata.name, address }] : [];
  });
}

interface ServiceSpec {
  readonly type: string;
  readonly ports: readonly BalancedPort[];
  readonly externalTrafficPolicy?: string;
}

interface Endpoint {
  readonly conditions?: { readonly ready?: boolean };
  readonly nodeName?: string;
}

interface NodeStatus {
  readonly conditions?: readonly { type: string; status: string }[];
  readonly addresses?: readonly { type: string; address: string }[];
}

main().catch((error: Error) => {
  say(error.stack ?? error.message);
  process.exit(1);
});
