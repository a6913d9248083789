import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { binaries, cache, clusterState } from "../../../lib/paths";
import { repository } from "../../support/plan";

/**
 * Below the cache, so that the machine's tools and images are shared; apart from a person's own stack. With
 * `SWITCHBOARD_STATE` set, single files of the suite run against the stack that lives there.
 */
export const stateFolder = process.env.SWITCHBOARD_STATE ?? join(cache, "e2e");
/** Whether the folder is this suite's own: what an interrupted run has left in it may be deleted. */
export const isOwnState = process.env.SWITCHBOARD_STATE === undefined;
process.env.SWITCHBOARD_STATE = stateFolder;
/** There while the first suite has not brought the system up. */
export const notUp = join(stateFolder, "not-up");

/**
 * How many times longer than a machine that does nothing else needs is waited before something counts as missing. A limit
 * only ends what would never come: it says nothing of speed.
 */
export const patience = 4;

/** Number of local nodes: two, so that pods spread and find each other over a network. */
export const nodes = 2;
export const namespace = "switchboard";

/** What a command printed and how it ended. */
export interface Finished {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs one of the product's own commands as a person would; its output goes to the test log too. */
export async function npmRun(
  script: string,
  args: readonly string[] = [],
  extra: Record<string, string> = {},
): Promise<Finished> {
  mkdirSync(stateFolder, { recursive: true });
  const result = await execa("npm", ["run", "--silent", script, "--", ...args], {
    cwd: repository,
    env: { SWITCHBOARD_STATE: stateFolder, ...extra },
    all: true,
    reject: false,
    stdin: "ignore",
  });
  process.stderr.write(`$ npm run ${script} ${args.join(" ")} (exit ${result.exitCode})\n${result.all}\n`);
  return { exitCode: result.exitCode ?? -1, output: result.all ?? "" };
}

/** Starts one of them in a process group of its own, so that it can be killed with everything that it started. */
export function startNpm(script: string, ...args: readonly string[]) {
  return startNpmWith({}, script, ...args);
}

/** The same with more variables. */
export function startNpmWith(extra: Readonly<Record<string, string>>, script: string, ...args: readonly string[]) {
  const env = { SWITCHBOARD_STATE: stateFolder, ...extra };
  return execa("npm", ["run", "--silent", script, "--", ...args], {
    ...{ cwd: repository, env, stdin: "ignore", reject: false, detached: true },
  });
}

/** Runs kubectl against the local nodes and gives what it printed. @throws when it fails */
export function kubectl(...args: string[]): Promise<string> {
  return kubectlIn(namespace, ...args);
}

/** The same in the namespace of another stack. */
export function kubectlIn(where: string, ...args: string[]): Promise<string> {
  return runKubectl("", `--namespace=${where}`, ...args);
}

/** Creates an object of the cluster, or changes it. */
export async function apply(object: object): Promise<void> {
  await runKubectl(JSON.stringify(object), "apply", "--filename=-");
}

async function runKubectl(input: string, ...args: string[]): Promise<string> {
  const flags = [`--kubeconfig=${join(clusterStateFolder(), "kubeconfig")}`, "--context=switchboard-local"];
  const { stdout } = await execa(join(binaries, "kubectl"), [...flags, ...args], { input });
  return stdout;
}

/** An object, or a list of them, of the cluster. */
export async function get(...args: string[]): Promise<any> {
  return JSON.parse(await kubectl("get", "--output=json", ...args));
}

/** Brings the dev stack up on this suite's nodes. */
export function up(extra: Record<string, string> = {}): Promise<Finished> {
  return npmRun("up", ["dev", "--nodes", String(nodes)], extra);
}

/** Takes everything down that a run which was killed has left in this suite's own folder: it would be continued. */
export async function beginWithNothing(): Promise<void> {
  mkdirSync(stateFolder, { recursive: true });
  const isLeft = ["cluster", "pulumi"].some((folder) => existsSync(join(stateFolder, folder)));
  if (!isOwnState || !isLeft) return;
  const { exitCode } = await npmRun("down", ["--delete-data", "--yes"]);
  if (exitCode !== 0) throw new Error("what a run that was killed has left could not be taken down");
}

/** The local state of this suite; `paths` was read before the variable was set when it was imported first. */
function clusterStateFolder(): string {
  return clusterState.startsWith(stateFolder) ? clusterState : join(stateFolder, "cluster");
}

/** Pods of one role that are running and not on their way out. */
export async function livePods(name: string, component: string): Promise<{ name: string; ip: string; node: string }[]> {
  const selector = `app.kubernetes.io/name=${name},app.kubernetes.io/component=${component}`;
  const { items } = await get("pods", `--selector=${selector}`);
  return items
    .filter((pod: any) => pod.status.phase === "Running" && !pod.metadata.deletionTimestamp)
    .map((pod: any) => ({ name: pod.metadata.name, ip: pod.status.podIP, node: pod.spec.nodeName }));
}

/** The revision of each Deployment and StatefulSet: it moves when its pods are rolled. */
export async function revisions(): Promise<Record<string, string>> {
  const { items } = await get("deployments,statefulsets");
  return Object.fromEntries(
    items.map((item: any) => [
      item.metadata.name,
      item.kind === "StatefulSet"
        ? item.status.updateRevision
        : item.metadata.annotations["deployment.kubernetes.io/revision"],
    ]),
  );
}

/** Asks until the answer is not undefined. @throws after `seconds` on a machine that does nothing else */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * patience * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${what}: not within ${seconds * patience} s${last ? ` (${String(last)})` : ""}`);
}
