import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { cloudOf } from "../../components/clouds";
import { readTarget } from "../../engine/stack/target";
import { runMain, UserError } from "../../lib/userError";
import { subjectOf } from "../doctor/subject";
import { LiveWorld } from "../doctor/world";
import { giveOutputs } from "./outputs";

const usage = "cli/ci/apiDoor.ts open|close|sweep STACK [--minutes N] [--address A.B.C.D]";

/**
 * Minutes after which a door counts as forgotten: what `timeout-minutes` of a deployment is, and ten more.
 * .github/workflows/deploy.yml
 */
const usualMinutes = 130;

/**
 * Opens the API server of a cluster for the address of this machine, and closes it again: for pipelines on machines that
 * are neither in the cluster's network nor in `cluster.api.allowedCidrs`. A cloud brings the door, or needs none.
 */
async function main(): Promise<void> {
  const { values, positionals } = options(process.argv.slice(2));
  const [job, name = ""] = positionals;
  const world = new LiveWorld(new AbortController().signal);
  const { settings, clusterName } = await subjectOf(readTarget(name), world.now);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const { cluster } = settings;
  const doorOf = cloudOf("cluster", cluster.kind)?.pipeline()?.apiDoor;
  if (!doorOf) {
    say(`${name}: its API server has no door, because networks do not decide who reaches it`);
    return;
  }
  const door = doorOf({ name: clusterName, settings: cluster }, world, { say, pause: () => sleep(10_000) });
  if (job === "sweep") return door.sweep();
  const address = values.address ?? (await world.publicAddress());
  if (job === "close") return door.close(address);
  // Before it is opened, so that the step that closes knows it, whatever comes of this one.
  if (address !== undefined) giveOutputs({ address });
  await door.open(address, Number(values.minutes ?? usualMinutes));
}

function options(args: string[]) {
  try {
    const text = { type: "string" } as const;
    const parsed = parseArgs({ args, allowPositionals: true, options: { minutes: text, address: text } });
    const [job = "", stack, ...more] = parsed.positionals;
    if (!["open", "close", "sweep"].includes(job)) throw new Error(`${job || "nothing"} is not what a door does`);
    if (!stack || more.length > 0) throw new Error("name one stack");
    const { minutes } = parsed.values;
    if (minutes !== undefined && !/^[1-9]\d{0,2}$/.test(minutes))
      throw new Error(`--minutes ${minutes}: a whole number from 1 to 999`);
    return parsed;
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

if (require.main === module) runMain(main);
