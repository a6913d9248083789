import { node } from "../../components/calendar/node";
import { lineOf } from "../../components/calendar/order";
import { complaint, installing } from "../../components/clouds/shared/doctor/ask";
import { fromTable, newerLines, type Programs, type VersionFact } from "../../components/clouds/shared/versions";
import { products } from "./products";
import { newestLine } from "./tags";

const nodeProduct = products.find(({ name }) => name === "Node.js")!;

/**
 * Node.js and the Pulumi CLI of this machine.
 * @param local whether the stack goes to the local nodes, which bring an engine of their own
 */
export async function toolFacts(world: Programs, local: boolean): Promise<VersionFact[]> {
  const ofNode = await world.run("node", "--version");
  const now = read(ofNode.stdout);
  const line = now && lineOf(now, 1);
  const next = line && newestLine(nodeProduct, line, newerLines(node, line, world.now));
  const ofThisMachine: VersionFact = {
    ...(line ? fromTable(node, line, world.now) : { sources: [], notes: [`node: ${complaint("node", ofNode)}`] }),
    ...{ what: "Node.js of this machine", ...(now && { now }), ...(next && { next }), setting: "this machine" },
  };
  return local ? [ofThisMachine] : [ofThisMachine, await pulumiFact(world)];
}

async function pulumiFact(world: Programs): Promise<VersionFact> {
  const answer = await world.run("pulumi", "version");
  const now = read(answer.stdout);
  // The CLI itself tells of a newer one, on stderr.
  const [, newer] = /upgrade from version '[^']*' to '(\d[\d.]*)'/.exec(answer.stderr) ?? [];
  return {
    ...{ what: "Pulumi CLI", setting: "this machine", sources: now ? ["pulumi"] : [] },
    ...{ ...(now && { now }), ...(newer && { newest: newer }) },
    notes: now ? [] : [`${complaint("pulumi", answer)}; ${installing.pulumi}`],
  };
}

function read(stdout: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
}
