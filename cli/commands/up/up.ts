import { existsSync } from "node:fs";
import { join } from "node:path";
import { clouds } from "../../../components/clouds";
import type { CloudDeployed } from "../../../components/clouds/shared/deployed";
import type { CloudModule } from "../../../components/clouds/shared/module";
import { type Engine, findEngine } from "../../../engine";
import type { Stack } from "../../../engine/stack";
import { kubeconfigFile } from "../../../engine/stack/localNodes";
import { stackOf } from "../../../engine/stack/stackOf";
import type { Target } from "../../../engine/stack/target";
import { together } from "../../../lib/interrupt";
import { binaries, pulumiState, state } from "../../../lib/paths";
import type { Report } from "../../../lib/steps";
import { UserError } from "../../../lib/userError";
import type { StackPreview } from "../../../review/plan/model";
import { failedPreview, previewIn } from "../../../review/plan/ofStack";
import { ensureImages } from "../../../sandbox/images";
import { withLock } from "../../../sandbox/images/lock";
import { hasNodes, loadImages, startNodes } from "../../../sandbox/nodes";
import { checkMachine } from "../../../sandbox/nodes/preflight";
import { ensureNodeTools, missingTools } from "../../../sandbox/nodes/tools";
import { askCloudCli } from "../../cluster/cloudCli";
import { publicUrls } from "../../cluster/publicUrls";
import type { Subject } from "../../doctor/subject";
import { loadImages as loadIntoCluster } from "../../images/load";
import { continueBegun } from "./begun";
import { forgetLostNodes } from "./localStacks";
import { namespaceIsLost } from "./lostNamespace";
import { waitForPage } from "./page";
import { waitForRollouts } from "./rollouts";

/** Shows how far something is. */
export interface Progress {
  step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T>;
  note(text: string): void;
}

/** What an `up` is given besides its stack. */
export interface UpOptions {
  /** Number of local nodes. @default as many as there are, else one */
  readonly nodes?: number;
  /** Look at what is there first, so that what was changed by hand is brought back. @default false */
  readonly refresh?: boolean;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the doctor finds and this `up` goes on in spite of, by name. @default nothing */
  readonly despite?: readonly string[];
  /** Given what a preview says before anything is changed in a cloud; throws where it must not go on. */
  readonly approve: (preview: StackPreview) => Promise<void>;
}

/** What an `up` has done. */
export interface UpResult {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** How many resources, by what happened to them. */
  readonly changes: Readonly<Record<string, number>>;
  readonly engine: Engine;
}

/**
 * Brings a stack up. For the local nodes it finds or builds what is missing, starts them and loads the images; for any
 * other cluster it brings the images there. A stack in a cloud is brought up with official parts only: its settings are
 * checked first, then what would change is shown, and images are built and pushed after that was approved. Then it runs
 * `pulumi up`. Run again, it continues what was interrupted and changes only what differs.
 *
 * @throws SettingsError, or UserError with what to do
 */
export function bringUp(target: Target, options: UpOptions): Promise<UpResult> {
  return withLock(join(state, "up.lock"), "switchboard up or switchboard down", () => up(target, options));
}

async function up(target: Target, options: UpOptions): Promise<UpResult> {
  const { progress, signal } = options;
  // The program would say the same after the images were made, many minutes later.
  const subject = await progress.step("checking the settings", () => checkSettings(target));
  const { engine, stack, outdated } = target.local
    ? await prepareLocal(target, options)
    : await prepareForeign(target, subject, options);
  const changes = await progress.step(`pulumi up, stack ${target.stack}`, async (report) => {
    const refresh = options.refresh || outdated || (await namespaceIsLost(target, report, signal));
    return stack.update("up", report, signal, refreshFlag({ refresh }));
  });
  const look = target.cloud && (clouds[target.cloud] as CloudModule).deployed()?.clusterProblems;
  if (look) {
    await progress.step("looking at the cluster in its cloud", () =>
      checkCluster(look, stack, (text) => progress.note(text)),
    );
  }
  const outputs = await stack.outputs();
  const notSeen = await progress.step("looking at the rollouts", (report) => waitForRollouts(target, report, signal));
  if (notSeen) progress.note(`the rollouts were not checked, so only Pulumi says that they are done: ${notSeen}`);
  // Pods that start with their nodes are no change, so `pulumi up` has not waited for them.
  if (target.local) {
    const { panelUrl, chatUrl, urls = {}, certificateAuthority } = outputs;
    const authority = typeof certificateAuthority === "string" ? certificateAuthority : undefined;
    for (const url of [panelUrl, chatUrl, ...Object.values(urls as object)].filter(
      (value) => typeof value === "string",
    )) {
      await progress.step(`waiting for ${url}`, () => waitForPage(url, authority, 60));
    }
  }
  return { outputs, changes, engine };
}

/** A creation that failed half-way looks like any other afterwards. @throws UserError where the cluster is not usable */
async function checkCluster(
  look: NonNullable<CloudDeployed["clusterProblems"]>,
  stack: Stack,
  note: (text: string) => void,
): Promise<void> {
  const problems = await look((await stack.exported())?.deployment?.resources ?? [], askCloudCli);
  if (!problems) return note("the cloud could not be asked whether the cluster is whole");
  for (const { severity, subject, what } of problems) {
    const [trouble = "", ...todo] = what.split("; ");
    if (severity === "down") throw new UserError(`${subject} ${trouble}`, todo.join("; "));
    note(`${subject} ${what}`);
  }
}

/** Reads the settings as the program will. @throws SettingsError with all that is wrong */
async function checkSettings(target: Target): Promise<Subject> {
  const { subjectOf } = await import("../../doctor/subject");
  const { UnknowableError } = await import("../../../engine/record/offlineStack");
  try {
    return await subjectOf(target, new Date());
  } catch (error) {
    throw error instanceof UnknowableError ? new UserError(error.message, error.todo) : error;
  }
}

interface Prepared {
  readonly engine: Engine;
  readonly stack: Stack;
  /** Whether the state lacks something that a look at what is there adds. */
  readonly outdated: boolean;
}

/** Everything before `pulumi up` that this machine needs; what does not depend on each other runs side by side. */
async function prepareLocal(
  target: Target,
  { nodes: count, progress, signal: interrupted }: UpOptions,
): Promise<Prepared> {
  // Ended by Ctrl-C, and by the first of the steps that fails.
  const controller = new AbortController();
  const { signal } = controller;
  interrupted.addEventListener("abort", () => controller.abort(interrupted.reason), { once: true });
  if (interrupted.aborted) controller.abort(interrupted.reason);
  const { ports, stackFile } = target;
  await progress.step("checking this machine", (report) => checkMachine({ ports, report }));
  // Their folder was deleted, or a `down` was ended before it came to this.
  const isLost = !hasNodes() && existsSync(pulumiState);
  // One Go build at a time: each keeps every core busy. Images mostly wait for packages, so they fit beside it.
  const tools =
    missingTools().length > 0
      ? progress.step("building Kubernetes from its Go modules", (report) => ensureNodeTools(report, signal))
      : Promise.resolve();
  const engine = tools.then(() => progress.step("finding Pulumi", (report) => findEngine({ report, signal })));
  const stack = engine.then(async (found) => {
    if (isLost) await forgetLostNodes(found, progress);
    const opened = stackOf(found, target);
    await opened.open();
    return opened;
  });
  // Not before what was on the old ones is forgotten: a run that is killed in between must find them gone, too.
  const started = (isLost ? stack : tools).then(() =>
    progress.step("starting the local nodes", (report) => startNodes({ count, ports, report, signal })),
  );
  const images = progress.step("making images", (report) => ensureImages({ stackFile, report, signal }));
  const loaded = Promise.all([images, started]).then(async ([archives]) => {
    await progress.step(`loading ${archives.length} images`, () => loadImages(archives));
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
  return {
    engine: found,
    stack: opened,
    outdated: await continueBegun(target, opened, { progress, signal: interrupted }),
  };
}

/** For a cluster that somebody else runs: its images are brought there by the tools that it comes with. */
async function prepareForeign(target: Target, subject: Subject, options: UpOptions): Promise<Prepared> {
  const { progress, signal, approve } = options;
  const { cloud } = target;
  const engine = await progress.step("finding Pulumi", (report) => findEngine({ cloud, report, signal }));
  const stack = stackOf(engine, target);
  if (cloud) await askDoctor(subject, stack, engine, options);
  await stack.open();
  const outdated = await continueBegun(target, stack, options);
  // What is in a cloud costs money and holds other people's data: nothing is made before somebody has seen what.
  if (cloud) {
    const preview = await progress.step(`pulumi preview, stack ${target.stack}`, async () =>
      previewIn(await stack.preview(refreshFlag(options), signal)),
    );
    if (!preview.succeeded) throw failedPreview(stack, preview);
    await approve(preview);
  }
  await loadIntoCluster(target.stackFile, (line) => progress.note(line));
  return { engine, stack, outdated };
}

/**
 * Before the first `up` of a stack in a cloud, and before its stack is made in the backend: what is certain to fail after
 * a quarter of an hour and some money stops it now. A stack of which anything is there is not asked about.
 */
async function askDoctor(subject: Subject, stack: Stack, engine: Engine, options: UpOptions): Promise<void> {
  const { progress, signal, despite } = options;
  const { consult, demandNothingStops, hasBegun, namesIn } = await import("../../doctor/firstUp");
  if (hasBegun(await stack.exported())) return;
  const { LiveWorld } = await import("../../doctor/world");
  const answer = await progress.step("asking the doctor before the first up", () =>
    consult(subject, new LiveWorld(signal, engine.env), namesIn(despite)),
  );
  for (const note of answer.notes) progress.note(note);
  demandNothingStops(subject.target.stack, answer);
}

function refreshFlag({ refresh }: Pick<UpOptions, "refresh">): string[] {
  return refresh ? ["--refresh"] : [];
}

/** What a person wants to know once it is up. */
export function summary(target: Target, { engine, outputs, changes }: UpResult, elapsed: string): string[] {
  const changed = Object.entries(changes).filter(([kind]) => kind !== "same");
  const verdict =
    changed.length === 0
      ? `nothing to change: ${changes.same ?? 0} resources are as they should be`
      : changed.map(([kind, count]) => `${count} ${kind}`).join(", ");
  // Where backend and passphrase are this machine's own, only the wrapper knows them.
  const pulumi = engine.env.PULUMI_BACKEND_URL ? `npx switchboard pulumi ${target.stack}` : "pulumi";
  const lines = [
    ...publicUrls(outputs),
    ...["firstLogin", "firstLogins"]
      .filter((output) => outputs[output])
      .map((output) => ["first log-in", `${pulumi} stack output ${output} --show-secrets`]),
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
  ];
}
