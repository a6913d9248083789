import { cloudOf } from "../../../components/clouds";
import { ask, complaint, installing } from "../../../components/clouds/shared/doctor/ask";
import { advice, type Finding, failed, ok, type World } from "../../../components/clouds/shared/doctor/model";
import { imagesIn } from "../../../components/schema/values/image";
import type { Check, Subject } from "../subject";
import { imageBuilder } from "./imageBuilder";

/** Node's least version, that of package.json. */
const leastNode = "20.19.0";
/** That of the SDK that the program uses, which Pulumi.yaml asks for as well (`requiredPulumiVersion`). */
export const leastPulumi = "3.248.0";

/** The programs that an `up` of this stack calls. */
export const tools: Check = {
  area: "tools",
  applies: () => true,
  async run(subject, world) {
    const node = await version(world, "node", ["--version"], leastNode);
    if (subject.target.local) return [node, ...(await machine(subject, world))];
    const doctor = cloudOf("cluster", subject.settings.cluster.kind)?.doctor();
    const found = await Promise.all([
      version(world, "pulumi", ["version"], leastPulumi).then(needed),
      ...(doctor?.programs ?? []).map(async ({ name, args = ["--version"], least, needed: mustBe }) => {
        const finding = await version(world, name, args, least);
        return mustBe ? needed(finding) : finding;
      }),
      kubectl(world),
      ...(buildsImages(subject) ? [imageBuilder(subject, world)] : []),
    ]);
    return [node, ...found];
  },
};

async function version(world: World, program: string, args: readonly string[], least?: string): Promise<Finding> {
  const answer = await world.run(program, ...args);
  if (answer.exitCode === undefined)
    return failed(`${program} is not installed`, installing[program] ?? `install ${program}`);
  if (answer.exitCode !== 0) {
    return failed(
      `${program} ${args.join(" ")}: ${complaint(program, answer)}`,
      installing[program] ?? `repair ${program}`,
    );
  }
  const found = /\d+\.\d+(?:\.\d+)?/.exec(`${answer.stdout}\n${answer.stderr}`)?.[0];
  const name = found ? `${program} ${found}` : program;
  if (least && found && isOlder(found, least)) {
    return failed(
      `${name} is too old: ${least} or newer is needed`,
      installing[program] ?? `install ${program} ${least}`,
    );
  }
  return ok(name);
}

/** Of a program that the `up` itself calls: for its state, or for a token of the cluster that it has made. */
function needed(finding: Finding): Finding {
  return finding.status === "failed" ? { ...finding, certain: true, name: "tools" } : finding;
}

/** For the commands that look into a running stack; an `up` needs none. */
async function kubectl(world: World): Promise<Finding> {
  const asked = await ask<{ clientVersion?: { gitVersion?: string } }>(
    ...([world, "kubectl", "kubectl", "version", "--client", "--output", "json"] as const),
  );
  if ("value" in asked) return ok(`kubectl ${asked.value.clientVersion?.gitVersion?.replace(/^v/, "") ?? ""}`.trim());
  return advice("kubectl is not installed: status, logs, console and run of this stack need it", installing.kubectl!);
}

/** The local nodes bring their own tools; what they need is a machine. */
async function machine({ ports }: Subject, world: World): Promise<Finding[]> {
  const problems = await world.machine(ports);
  if (problems.length === 0) return [ok("this machine can run the local nodes")];
  return problems.map(({ what, todo }) => failed(what, todo));
}

function buildsImages({ settings }: Subject): boolean {
  return imagesIn(settings).some(({ source }) => source !== undefined);
}

/** Compares dotted numbers; a part that is missing is 0. */
function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (const [index, part] of b!.entries()) {
    const have = a![index] ?? 0;
    if (have !== part) return have < part;
  }
  return false;
}
