import { isIPv4 } from "node:net";
import type { ParsedOf } from "../../../schema/sealed";
import { contains } from "../../../schema/values/cidr";
import { jsonOf, reachOfExisting } from "../../shared/doctor/apiReach";
import { complaint } from "../../shared/doctor/ask";
import { advice, type Check, certain, type Finding, ok, unclear, type World } from "../../shared/doctor/model";
import type { eksCluster } from "../settings/cluster";

type Eks = ParsedOf<typeof eksCluster>;

/**
 * Whether this machine reaches the API server. Of a cluster that is there it is tried; of one that a first `up` makes it
 * follows from the settings, because what is in the cluster is made a moment after it, and from the same machine.
 */
export const apiReach: Check = {
  area: "API server",
  applies: ({ settings }) => settings.cluster.kind === "eks",
  async run(subject, world) {
    const cluster = subject.settings.cluster as Eks;
    const { clusterName: name } = subject;
    const answer = await world.run(
      ...(["aws", "eks", "describe-cluster", "--name", name, "--region", cluster.region, "--output", "json"] as const),
    );
    const server = jsonOf<{ cluster?: { endpoint?: string } }>(answer)?.cluster?.endpoint;
    if (server) return reachOfExisting(name, server, subject, world, closed(cluster));
    const missing = /ResourceNotFoundException/.test(answer.stderr);
    const asked = missing
      ? []
      : [unclear(`cluster ${name}: ${complaint("aws", answer)}`, "aws sts get-caller-identity")];
    return [...asked, ...(missing || subject.first ? await future(cluster, world) : [])];
  },
};

/** What to do where the API server of a cluster that is there cannot be reached. */
function closed({ api }: Eks): string {
  const open = "cli/ci/apiDoor.ts opens it for this machine's address and closes it again (docs/pull-requests.md)";
  return api.public
    ? `put this machine's network in cluster.api.allowedCidrs, now ${api.allowedCidrs.join(", ")}; or ${open}`
    : `use a machine in cluster.network.vpc or cluster.api.privateCidrs; or ${open}`;
}

/** Whether this machine will be let in by a cluster that the next `up` makes. */
async function future({ api, network }: Eks, world: World): Promise<Finding[]> {
  if (!api.public) return [await inside(api, network.vpc, world)];
  if (api.allowedCidrs.length === 0) return [ok("the API server will be open to every address")];
  const networks = api.allowedCidrs.join(", ");
  const address = await world.publicAddress();
  if (address === undefined || !isIPv4(address)) {
    return [
      unclear(
        `cluster.api.allowedCidrs: whether this machine's address is in ${networks} could not be found out`,
        "curl https://checkip.amazonaws.com says it, unless a proxy stands between",
      ),
    ];
  }
  if (api.allowedCidrs.some((outer) => contains(outer, `${address}/32`))) {
    return [ok(`this machine's address ${address} is in cluster.api.allowedCidrs`)];
  }
  return [
    certain(
      "api.reach",
      `cluster.api.allowedCidrs: ${networks} does not hold ${address}, the address that this machine comes from, so the up could put nothing into the cluster that it makes`,
      `add ${address}/32 to cluster.api.allowedCidrs, or run the first up from one of these networks`,
    ),
  ];
}

async function inside({ privateCidrs }: Eks["api"], vpc: string, world: World): Promise<Finding> {
  const own = (await world.addresses()).filter((address) => isIPv4(address));
  const networks = [vpc, ...privateCidrs];
  const within = own.find((address) => networks.some((outer) => contains(outer, `${address}/32`)));
  const named = `cluster.api.public: false lets in ${networks.join(", ")} only`;
  if (within) {
    return advice(
      `${named}; this machine's ${within} is among them, and the network that the first up makes has no way to it yet`,
      "have the way (peering, transit gateway, VPN) ready to be made while the cluster is made, or begin with public: true",
    );
  }
  return certain(
    "api.reach",
    `${named}, and this machine has ${own.join(", ") || "no address"}: the up could put nothing into the cluster that it makes`,
    "for the first up set cluster.api.public: true with this machine's network in cluster.api.allowedCidrs, and close it afterwards; or run it from a machine in cluster.api.privateCidrs",
  );
}
