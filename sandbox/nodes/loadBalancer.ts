import { setTimeout as sleep } from "node:timers/promises";
import { Api, type ApiObject } from "./api";
import {
  type Assignment,
  assign,
  type BalancedNode,
  type BalancedPort,
  type BalancedService,
  targetsFor,
} from "./balance";
import { forward } from "./forward";
import { hostLink } from "./layout";
import { onMachine } from "./machine";

/**
 * The load balancer of the local nodes, a process of its own: gives Services of type LoadBalancer their addresses,
 * sends traffic for them to a ready node (where kube-proxy takes it), and passes loopback ports on to the
 * same ports of the oldest Service that has them. Its settings are the variables that `startLoadBalancer` sets.
 */
const network = required("LOAD_BALANCER_NETWORK");
const forwards = required("LOAD_BALANCER_FORWARDS")
  .split(",")
  .map((pair) => pair.split(":").map(Number) as [number, number]);
const api = new Api(required("LOAD_BALANCER_KUBECONFIG"));

const services = new Map<string, ApiObject>();
const nodes = new Map<string, ApiObject>();
const slices = new Map<string, ApiObject>();
let assignments: Assignment[] = [];
let wake = () => {};
let turn = 0;

async function main(): Promise<void> {
  // The ports open once it is known where connections go.
  await Promise.all([
    follow("/api/v1/services", services),
    follow("/api/v1/nodes", nodes),
    follow("/apis/discovery.k8s.io/v1/endpointslices", slices),
  ]);
  await reconcile().catch((error: Error) => say(error.message));
  for (const [from, to] of forwards) {
    // That of a stack which is gone may be somebody else's by now; `up` looks at its own before.
    await forward(from, () => targetsFor(to, balanced(), readyNodes(), turn++)).catch((error: Error) =>
      say(error.message),
    );
  }
  say(`passing on ${forwards.map(([from, to]) => `127.0.0.1:${from} -> ${to}`).join(", ")}`);
  for (;;) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      // Also without an event: a request that failed is tried again.
      setTimeout(resolve, 15_000);
    });
    // Events come in bursts: one round for all of them.
    await sleep(100);
    await reconcile().catch((error: Error) => say(error.message));
  }
}

/**
 * Keeps a map of a collection's objects up to date: lists, then watches, and again whenever the watch ends.
 * @returns once the map is filled for the first time
 */
function follow(path: string, objects: Map<string, ApiObject>): Promise<void> {
  return new Promise((filled) => {
    const round = async () => {
      const list = await api.get<{ metadata: { resourceVersion: string }; items: ApiObject[] }>(path);
      objects.clear();
      for (const object of list.items) objects.set(keyOf(object), object);
      filled();
      wake();
      await api.watch(`${path}?watch=1&resourceVersion=${list.metadata.resourceVersion}`, ({ type, object }) => {
        if (type === "ERROR") throw new Error(`watch of ${path} must begin anew`);
        if (type === "DELETED") objects.delete(keyOf(object));
        else objects.set(keyOf(object), object);
        wake();
      });
    };
    const forever = async () => {
      for (;;) {
        await round().catch(async (error: Error) => {
          say(error.message);
          await sleep(1000);
        });
      }
    };
    void forever();
  });
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

function keyOf({ metadata }: ApiObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

main().catch((error: Error) => {
  say(error.stack ?? error.message);
  process.exit(1);
});
