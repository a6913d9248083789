import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { clusterState } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { type AddressPlan, addressPlan, freePrefix, hostLink, overlaps } from "./layout";
import { onMachine } from "./machine";

/** What a cluster keeps over restarts. */
export interface ClusterRecord {
  /** First two octets of its network: addresses of Services live in its database. */
  readonly prefix: string;
  /** How many nodes it has. */
  readonly nodes: number;
  /** Loopback ports of every stack that was brought up on it. @default none is known */
  readonly ports?: readonly number[];
}

const file = join(clusterState, "cluster.json");

/** Folders of the cluster's data. */
export const folders = {
  keys: join(clusterState, "keys"),
  etcd: join(clusterState, "etcd"),
  node: (name: string) => join(clusterState, "nodes", name),
} as const;

/** The record of the cluster in the cache, or undefined when there is none. */
export function readRecord(): ClusterRecord | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ClusterRecord) : undefined;
}

/** Whether the cluster has data from an earlier start. */
export function hasNodes(): boolean {
  return existsSync(folders.etcd);
}

/** Deletes the cluster's data. Ended halfway, there is no cluster either. */
export function deleteData(): void {
  const doomed = `${clusterState}.deleted`;
  rmSync(doomed, { recursive: true, force: true });
  if (!existsSync(clusterState)) return;
  renameSync(clusterState, doomed);
  rmSync(doomed, { recursive: true });
}

/** Writes the record in one step. */
export function writeRecord(record: ClusterRecord): void {
  mkdirSync(clusterState, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`);
  renameSync(`${file}.new`, file);
}

/**
 * The cluster's addresses: those it had, or a network that this machine does not use yet.
 * @throws UserError when there is none, or when something else took the cluster's network since
 */
export async function chooseAddresses(record: ClusterRecord | undefined): Promise<AddressPlan> {
  const used = await usedNetworks();
  if (!record) {
    const prefix = freePrefix(used);
    if (prefix) return addressPlan(prefix);
    throw new UserError(
      `every network that the nodes could use (10.213–10.242 and 172.20–172.31) is in use on this machine: ${used.join(", ")}`,
      "take one of these routes away, for example by stopping a VPN, then run it again",
    );
  }
  const plan = addressPlan(record.prefix);
  const clash = used.find((network) => overlaps(network, plan.network));
  if (!clash) return plan;
  throw new UserError(
    `the network of the local nodes (${plan.network}) is now used by something else on this machine: ${clash}`,
    "take that route away, or give the nodes another network with npm run down -- --delete-data",
  );
}

/** IPv4 networks and addresses that this machine's links and routes use, other than our own wire. */
async function usedNetworks(): Promise<string[]> {
  const routes = JSON.parse(await onMachine(undefined, ["ip", "-4", "-json", "route", "show", "table", "all"])) as {
    dst: string;
    dev?: string;
  }[];
  const addresses = Object.entries(networkInterfaces())
    .filter(([name]) => name !== hostLink)
    .flatMap(([, list]) => list ?? [])
    .filter((address) => address.family === "IPv4" && address.cidr)
    .map((address) => address.cidr!);
  const networks = routes
    .filter((route) => route.dev !== hostLink && route.dst !== "default")
    .map((route) => route.dst);
  return [...new Set([...networks, ...addresses])];
}
