import { setTimeout as sleep } from "node:timers/promises";
import { defaultPorts, kubeconfigFile, type LocalPorts } from "../../engine/stack/localNodes";
import { UserError } from "../../lib/userError";
import { addons, formerAddons, rights } from "./addons";
import { Api, type ApiObject } from "./api";
import { allProcesses, remainingGroups, removeGroups } from "./cgroups";
import { apiAnswers, controlServices, ensureControlKeys, startApi, startControllers } from "./controlPlane";
import { disksService, startDisks } from "./diskService";
import { stopPods } from "./drain";
import { ensureNodeImages, type ImageArchive, importImages } from "./images";
import { clusterDomain, hostLink, mostNodes, type NodePlan, nodePlans } from "./layout";
import { loadBalancerService, startLoadBalancer } from "./loadBalancerService";
import {
  connectHost,
  connectNodes,
  endAll,
  findMachine,
  onMachine,
  startControlMachine,
  startNodeMachine,
} from "./machine";
import { isReady, nodeServices, startNodeServices, startRuntime, writeNodeFiles } from "./node";
import { checkMachine } from "./preflight";
import { demandRunning, endService, type Inside, refuseForeignNodes, waitForService } from "./service";
import { chooseAddresses, deleteData, folders, readRecord, writeRecord } from "./state";
import { ensureNodeTools } from "./tools";

export { hasNodes } from "./state";

/** How the nodes are started. */
export interface StartOptions {
  /** At least this many nodes. @default as many as there were, or one */
  readonly count?: number;
  /** Ports of this machine's loopback that reach ports of the first load balancer. @default 8443 and 8080 */
  readonly ports?: LocalPorts;
  /** Called with one short line whenever a step begins. */
  readonly report?: (line: string) => void;
  /** Ends a build that takes minutes. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the local cluster, or what is missing of it: a real Kubernetes with every node in namespaces of its own.
 * Whatever state a killed run left is continued. Returns when every node is ready and names and volumes work.
 * @throws UserError when the machine cannot, or a part does not start
 */
export async function startNodes(options: StartOptions = {}): Promise<void> {
  const report = options.report ?? (() => {});
  refuseForeignNodes();
  const record = readRecord();
  const count = Math.max(options.count ?? 1, record?.nodes ?? 1);
  if (count > mostNodes) throw new UserError(`${count} nodes are too many`, `ask for at most ${mostNodes}`);
  const ports = options.ports ?? defaultPorts;

  await checkMachine({ ports, report });
  await ensureNodeTools(report, options.signal);
  const plan = await chooseAddresses(record);
  // Another stack on the same nodes keeps its addresses.
  const known = [...new Set([...(record?.ports ?? []), ports.https, ports.http])];
  writeRecord({ prefix: plan.prefix, nodes: count, ports: known });
  const nodes = nodePlans(plan, count);

  report("starting the control plane");
  const keys = await ensureControlKeys(plan);
  const control = await startControlMachine();
  await connectHost(plan, control);
  const api = startApi(plan, control, keys).then(() => applyAll(rights()));

  const images = ensureNodeImages();
  const machines: { plan: NodePlan; machine: Inside }[] = [];
  for (const node of nodes) {
    machines.push({ plan: node, machine: await startNodeMachine(node, folders.node(node.name)) });
  }
  await connectNodes(plan, control, machines);
  const joined = machines.map(async ({ plan: node, machine }) => {
    const files = await writeNodeFiles(plan, node, keys);
    await startRuntime(node, machine, files);
    await importImages(machine, folders.node(node.name), images);
    await api;
    return { name: node.name, since: await startNodeServices(node, machine, files) };
  });
  const controllers = api.then(() => startControllers(plan, control, keys));
  const [joinedNodes] = await Promise.all([Promise.all(joined), api, controllers]);

  report(`waiting for ${count === 1 ? "the node" : `${count} nodes`}`);
  const client = new Api(kubeconfigFile);
  try {
    for (const path of formerAddons) await client.remove(path);
    await applyAll(addons(plan, count));
    await startDisks(plan, keys.authority);
    await startLoadBalancer(plan, keys.authority, ports, known);
    for (const { name, since } of joinedNodes) {
      await waitForService(`${name}.kubelet`, `${name} was ready`, () => isReady(client, name, since), 120);
    }
    report("waiting for the cluster's DNS");
    await Promise.all(machines.map(({ machine }) => waitForNames(machine, plan.dnsService)));
    await demandRunning(
      [...controlServices, disksService, ...nodes.flatMap(({ name }) => nodeServices(name))],
      "the nodes were ready",
    );
  } finally {
    client.close();
  }
}

async function applyAll(objects: readonly ApiObject[]): Promise<void> {
  const client = new Api(kubeconfigFile);
  try {
    for (const object of objects) await client.apply(object);
  } finally {
    client.close();
  }
}

/** How the nodes are stopped. */
export interface StopOptions {
  /** Also destroys the cluster's data. @default false */
  readonly deleteData?: boolean;
  readonly report?: (line: string) => void;
}

/**
 * Stops the cluster: pods with their own grace (those with volumes last, so that what writes to them has ended), then
 * everything else. Leaves no process, namespace, mount, firewall rule, link or control group. The data stays.
 */
export async function stopNodes(options: StopOptions = {}): Promise<void> {
  const report = options.report ?? (() => {});
  refuseForeignNodes();
  const names = nodeNames();
  const control = findMachine("control");
  for (const service of [loadBalancerService, disksService]) await endService(service, 2_000);
  if (await apiAnswers(control)) {
    // Without controllers and scheduler, pods that end stay ended until the next start.
    for (const service of [...controlServices].slice(2)) await endService(service, 5_000);
    const client = new Api(kubeconfigFile);
    try {
      await stopPods(client, report);
    } finally {
      client.close();
    }
  }
  report("stopping the nodes");
  await Promise.all(
    names.map(async (name) => {
      for (const service of nodeServices(name).reverse()) await endService(service, 5_000);
    }),
  );
  for (const service of [...controlServices].reverse()) await endService(service, 10_000);
  await endAll(allProcesses);
  await removeLeftovers();
  if (options.deleteData) deleteData();
}

/**
 * Brings images to every node, except those that a node already has from the same archive.
 * @returns the references that at least one node did not have
 */
export async function loadImages(images: readonly ImageArchive[]): Promise<string[]> {
  const loaded = await Promise.all(
    nodeNames().map((name) => {
      const machine = findMachine(name);
      if (!machine) throw new UserError(`${name} does not run`, "start the nodes with npm run up");
      return importImages(machine, folders.node(name), images);
    }),
  );
  return [...new Set(loaded.flat())];
}

function nodeNames(): string[] {
  return Array.from({ length: readRecord()?.nodes ?? 0 }, (_, index) => `node-${index + 1}`);
}

/** The kernel takes the rest away itself, a moment after the last process: waits for it, and helps where it must. */
async function removeLeftovers(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    removeGroups();
    const links = JSON.parse(await onMachine(undefined, ["ip", "-json", "link", "show"])) as { ifname: string }[];
    const linked = links.some((link) => link.ifname === hostLink);
    if (!linked && remainingGroups().length === 0) return;
    // Namespaces are buried in batches; a wire of ours that outlives its peer's namespace is taken down by name.
    if (linked && attempt > 10) await onMachine(undefined, ["ip", "link", "delete", hostLink]).catch(() => "");
    await sleep(100);
  }
  throw new UserError(`control groups are still in use: ${remainingGroups().join(", ")}`, "run it again");
}

/** Waits until a node gets an answer from the cluster's DNS: that proves its pods, its proxy and its routes as well. */
async function waitForNames(machine: Inside, dns: string): Promise<void> {
  const end = Date.now() + 120_000;
  for (;;) {
    const lookup = ["busybox", "nslookup", `kubernetes.default.svc.${clusterDomain}`, dns];
    const complaint = await onMachine(machine, ["timeout", "2", ...lookup]).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (complaint === undefined) return;
    if (Date.now() > end) {
      throw new UserError(
        `the cluster's DNS at ${dns} did not answer within 120 s: ${complaint}`,
        `look: kubectl --kubeconfig ${kubeconfigFile} --namespace kube-system describe pods`,
      );
    }
    await sleep(200);
  }
}
