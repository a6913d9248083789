import { node } from "../../components/calendar/node";
import { lineOf } from "../../components/calendar/order";
import { complaint, installing } from "../../components/clouds/shared/doctor/ask";
import { fromTable, newerLines, type Programs, type VersionFact } from "../../components/clouds/shared/versions";
import { products } from "./products";
import { newestLine } from "./tags";

const nodeProduct = products.find(({ name }) => name === "Node.js")!;

/** Node.js and the Pulumi CLI of this machine. */
export async function toolFacts(world: Programs): Promise<VersionFact[]> {
  const [ofNode, ofPulumi] = await Promise.all([world.run("node", "--version"), world.run("pulumi", "version")]);
  const read = (stdout: string) => /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  const [now, pulumi] = [read(ofNode.stdout), read(ofPulumi.stdout)];
  const line = now && lineOf(now, 1);
  const next = line && newestLine(nodeProduct, line, newerLines(node, line, world.now));
  // The CLI itself tells of a newer one, on stderr.
  const [, newer] = /upgrade from version '[^']*' to 'v?(\d[\d.]*)'/.exec(ofPulumi.stderr) ?? [];
  return [
    {
      ...(line ? fromTable(node, line, world.now) : { sources: [], notes: [`node: ${complaint("node", ofNode)}`] }),
      ...{ what: "Node.js of this machine", ...(now && { now }), ...(next && { next }), setting: "this machine" },
    },
    {
      ...{ what: "Pulumi CLI", setting: "this machine", sources: pulumi ? ["pulumi"] : [] },
      ...{ ...(pulumi && { now: pulumi }), ...(newer && { newest: newer }) },
      notes: pulumi ? [] : [`${complaint("pulumi", ofPulumi)}; ${installing.pulumi}`],
    },
  ];
}
