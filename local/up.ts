import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Engine, findEngine } from "./engine";
import { ensureImages } from "./images";
import { loadImages as loadIntoCluster } from "./images/load";
import { withLock } from "./images/lock";
import { kubeconfigFile, loadImages, startNodes } from "./nodes";
import { checkMachine } from "./nodes/preflight";
import { ensureNodeTools, missingTools } from "./nodes/tools";
import { confirm, onInterrupt, together } from "./support/interrupt";
import { waitForPage } from "./support/page";
import { binaries, logs, state } from "./support/paths";
import { previewSummary } from "./support/previewReport";
import { Refusal, runMain } from "./support/refusal";
import { Stack } from "./support/stack";
import { Steps } from "./support/steps";
import { readTarget, type Target } from "./target";

const usage = "npm run up [-- STACK] [--nodes N] [--yes]";

/**
 * `npm run up [-- STACK] [--nodes N] [--yes]`: brings a stack up (`dev` unless named). For the local nodes it finds or
 * builds what is missing, starts them and loads the images; for any other cluster it brings the images there. A stack in
 * a cloud is brought up with official parts only, and after a look at what would change (`--yes` says so beforehand).
 * Then it runs `pulumi up`. Run again, it continues what was interrupted and changes only what differs.
 */
async function main(): Promise<void> {
  const { stack, nodes, yes } = readArguments(process.argv.slice(2));
  const target = readTarget(stack);
  const controller = onInterrupt();
  const steps = new Steps({ log: join(logs, "up.log") });
  try {
    await withLock(join(state, "up.lock"), "npm run up or npm run down", () =>
      up(target, { nodes, yes }, steps, controller),
    );
  } catch (error) {
    // What an abort makes of a running step is not what the person needs to read.
    const { reason } = controller.signal;
    throw controller.signal.aborted && reason instanceof Refusal ? reason : error;
  }
}

interface Flags {
  readonly nodes?: number;
  /** Go on without asking, where something would be asked. */
  readonly yes: boolean;
}

function readArguments(args: string[]): Flags & { stack: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { nodes: { type: "string" }, yes: { type: "boolean", default: false } },
    });
    if (positionals.length > 1) throw new Error(`one stack at a time, not ${positionals.join(", ")}`);
    if (values.nodes !== undefined && !/^([1-9]|1[0-6])$/.test(values.nodes)) {
      throw new Error(`--nodes ${values.nodes}: must be a whole number from 1 to 16`);
    }
    return { stack: positionals[0] ?? "dev", yes: values.yes, ...(values.nodes && { nodes: Number(values.nodes) }) };
  } catch (error) {
    throw new Refusal((error as Error).message, usage);
  }
}

async function up(target: Target, { nodes, yes }: Flags, steps: Steps, controller: AbortController): Promise<void> {
  const { engine, stack } = target.local
    ? await prepareLocal(target, nodes, steps, controller)
    : await prepareForeign(target, steps, controller);
  if (target.cloud) await lookFirst(target, stack, yes, steps);
  const changes = await steps.run(`pulumi up, stack ${target.stack}`, (report) =>
    stack.update("up", report, controller.signal),
  );
  const outputs = await stack.outputs();
  // Pods that start with their nodes are no change, so `pulumi up` has not waited for them.
  if (target.local) {
    const { panelUrl, chatUrl, certificateAuthority } = outputs;
    const authority = typeof certificateAuthority === "string" ? certificateAuthority : undefined;
    for (const url of [panelUrl, chatUrl].filter((value) => typeof value === "string")) {
      await steps.run(`waiting for ${url}`, () => waitForPage(url, authority, 60));
    }
  }
  steps.print(summary(target, engine, outputs, changes, steps.elapsed()));
}

/** What is in a cloud costs money and holds other people's data: nothing is changed before somebody has seen what. */
async function lookFirst({ stack: name }: Target, stack: Stack, yes: boolean, steps: Steps): Promise<void> {
  const report = await steps.run(`pulumi preview, stack ${name}`, () => stack.preview());
  steps.print(previewSummary(report).join("\n"));
  if (!yes && !(await confirm(`This changes the stack ${name} as above.`))) {
    throw new Refusal("nothing was changed", "answer yes to go on");
  }
}

interface Prepared {
  readonly engine: Engine;
  readonly stack: Stack;
}

/** Everything before `pulumi up` that this machine needs; what does not depend on each other runs side by side. */
async function prepareLocal(
  target: Target,
  count: number | undefined,
  steps: Steps,
  controller: AbortController,
): Promise<Prepared> {
  const { signal } = controller;
  const { ports, stackFile } = target;
  await steps.run("checking this machine", (report) => checkMachine({ ports, report }));
  // One Go build at a time: each keeps every core busy. Images mostly wait for packages, so they fit beside it.
  const tools =
    missingTools().length > 0
      ? steps.run("building Kubernetes from its Go modules", (report) => ensureNodeTools(report, signal))
      : Promise.resolve();
  const engine = tools.then(() => steps.run("finding Pulumi", (report) => findEngine({ report, signal })));
  const stack = engine.then(async (found) => {
    const opened = new Stack(found, { ...target, environment: { KUBECONFIG: kubeconfigFile } });
    await opened.open();
    return opened;
  });
  const started = tools.then(() =>
    steps.run("starting the local nodes", (report) => startNodes({ count, ports, report, signal })),
  );
  const images = steps.run("making images", (report) => ensureImages({ stackFile, report, signal }));
  const loaded = Promise.all([images, started]).then(async ([archives]) => {
    await steps.run(`loading ${archives.length} images`, () => loadImages(archives));
    // The program names images by their sources as they are now: an edit since the build would be an image that no
    // node has. Without one this is over at once.
    await loadImages(await ensureImages({ stackFile, report: () => {}, signal }));
  });
  const [found, opened] = await together<[Engine, Stack, unknown, unknown, unknown]>(controller, [
    engine,
    stack,
    started,
    images,
    loaded,
  ]);
  return { engine: found, stack: opened };
}

/** For a cluster that somebody else runs: its images are brought there by the tools that it comes with. */
async function prepareForeign(target: Target, steps: Steps, controller: AbortController): Promise<Prepared> {
  const { signal } = controller;
  const { cloud } = target;
  const engine = await steps.run("finding Pulumi", (report) => findEngine({ cloud, report, signal }));
  await loadIntoCluster(target.stackFile, (line) => steps.print(line));
  const stack = new Stack(engine, target);
  await stack.open();
  return { engine, stack };
}

/** What a person wants to know once it is up. */
function summary(
  target: Target,
  engine: Engine,
  outputs: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, number>>,
  elapsed: string,
): string {
  const changed = Object.entries(changes).filter(([kind]) => kind !== "same");
  const verdict =
    changed.length === 0
      ? `nothing to change: ${changes.same ?? 0} resources are as they should be`
      : changed.map(([kind, count]) => `${count} ${kind}`).join(", ");
  // Where backend and passphrase are this machine's own, only the wrapper knows them.
  const pulumi = engine.env.PULUMI_BACKEND_URL ? `npm run --silent pulumi -- ${target.stack}` : "pulumi";
  const lines = [
    ["panel", outputs.panelUrl],
    ["chat", outputs.chatUrl],
    ["first log-in", `${pulumi} stack output firstLogin --show-secrets`],
    ...(outputs.certificateAuthority
      ? [["authority to trust", `${pulumi} stack output certificateAuthority > switchboard-ca.pem`]]
      : []),
    ...(target.local ? [["kubectl", `KUBECONFIG=${kubeconfigFile} ${join(binaries, "kubectl")} get pods -A`]] : []),
    ["more", `${pulumi} stack output commands`],
  ].filter(([, value]) => value !== undefined);
  return [
    "",
    `${target.stack} is up after ${elapsed}; ${verdict}.`,
    `(${engine.note})`,
    "",
    ...lines.map(([name, value]) => `  ${String(name).padEnd(20)}${value}`),
    "",
  ].join("\n");
}

if (require.main === module) runMain(main);
