import { readFileSync, writeFileSync } from "node:fs";
import type { World } from "../../../components/clouds/shared/doctor/model";
import { SettingsError } from "../../../components/settings/parse";
import { findEngine } from "../../../engine";
import { UserError } from "../../../lib/userError";
import { wayToExisting } from "../../cluster/wayIn";
import { type CommandSpec, type ExitCode, exitCodes, type Invocation } from "../../core/command";
import { UsageError } from "../../core/failure";
import { examine } from "../../doctor";
import { parseRecording, RecordedWorld, RecordingWorld } from "../../doctor/recording";
import { countsOf, reportOf } from "../../doctor/report";
import { subjectOf } from "../../doctor/subject";
import { LiveWorld } from "../../doctor/world";

/** `switchboard doctor`: what would keep a stack from coming up, found before anything is changed. */
export const command: CommandSpec = {
  name: "doctor",
  summary: "look for everything that would keep a stack from coming up, with the fix for each",
  description:
    "It only reads, and checks what an up needs: tools and their versions, the state's backend, credentials, " +
    "account, APIs and quotas. It checks zones, machine types and overlapping networks. It checks whether " +
    "Kubernetes and Postgres are still supported, and checks DNS, CAA records and certificates. --record keeps " +
    "the questions and answers in a file, without tokens or keys. Somebody else can then look at them with " +
    "--replay.",
  options: [
    { flags: "--record <file>", description: "keep every question and answer in a file" },
    {
      flags: "--first-up",
      description: "only for a cloud stack that has no resources yet, and only what is certain to stop its first up",
    },
    {
      flags: "--despite <name>",
      description: "with --first-up: ignore the finding of this name",
      repeatable: true,
    },
    { flags: "--replay <file>", description: "ask no service: take the answers from such a file" },
  ],
  examples: [
    ["switchboard doctor", "whether this machine can run the development stack"],
    [
      "switchboard doctor prod --production prod",
      "everything that production needs of Google Cloud, before the first up",
    ],
    [
      "switchboard doctor prod --production prod --first-up",
      "the question that a first up asks by itself, for a pipeline",
    ],
    ["switchboard doctor prod --record prod.json", "the same, for somebody who has no access to look at"],
    ["switchboard doctor prod --replay prod.json --json", "that record again, for a script"],
  ],
  access: "read",
  accessOf: ({ options }) => (options.replay ? "none" : "read"),
  async run({ io, target, options }: Invocation) {
    const world = options.replay ? replay(options.replay as string) : await live(io.signal, target);
    if (options.firstUp) return beforeFirstUp({ io, target, options }, world);
    const recorder = options.record ? new RecordingWorld(world) : undefined;
    let checked: Awaited<ReturnType<typeof examine>>;
    try {
      const subject = await subjectOf(target, world.now);
      checked = await io.step(`looking at stack ${target.stack}`, () => examine(subject, recorder ?? world));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      throw new UserError(error.message, "correct the stack's file (docs/settings.md); nothing else was checked");
    }
    if (recorder) {
      writeFileSync(options.record as string, `${JSON.stringify(recorder.recording(), null, 2)}\n`, { mode: 0o600 });
      io.note(`wrote ${options.record}: it holds names of accounts and networks, no token and no key`);
    }
    const counts = countsOf(checked);
    io.result({ stack: target.stack, at: world.now.toISOString(), counts, checks: checked }, () =>
      reportOf(target.stack, checked, io.style),
    );
    return counts.failed > 0 ? exitCodes.no : exitCodes.ok;
  },
};

/** What an `up` asks by itself, for whoever runs `pulumi up`. */
async function beforeFirstUp(
  { io, target, options }: Pick<Invocation, "io" | "target" | "options">,
  world: World,
): Promise<ExitCode> {
  const { stack, cloud } = target;
  if (!cloud)
    throw new UsageError(`--first-up: the stack ${stack} makes no cluster in a cloud`, "leave --first-up out");
  const { consult, demandNothingStops, hasBegun, namesIn } = await import("../../doctor/firstUp");
  const { StackState } = await import("../../../engine/stack/state");
  const exported = await (await StackState.open(target, io.signal)).exported();
  if (hasBegun(exported)) {
    io.result({ stack, first: false, stops: [] }, () => [`${stack} is there, so its next up is not the first`]);
    return exitCodes.ok;
  }
  const subject = await subjectOf(target, world.now);
  const consultation = await io.step("asking the doctor before the first up", () =>
    consult(subject, world, namesIn(options.despite)),
  );
  for (const note of consultation.notes) io.note(note);
  demandNothingStops(stack, consultation);
  io.result({ stack, first: true, stops: [] }, () => [`nothing that is certain stops the first up of ${stack}`]);
  return exitCodes.ok;
}

/** With the Pulumi CLI and the backend that an `up` would use, where there is one. */
async function live(signal: AbortSignal, target: Invocation["target"]): Promise<World> {
  const { cloud, local } = target;
  if (!cloud) return local ? new LiveWorld(signal) : atCluster(signal, target);
  const environment = await findEngine({ cloud, signal }).then(
    ({ env }) => env,
    () => ({}),
  );
  return new LiveWorld(signal, environment);
}

/** On the cluster that the stack names, whatever this shell's kubeconfig is; the file goes with the process. */
function atCluster(signal: AbortSignal, target: Invocation["target"]): World {
  try {
    return new LiveWorld(signal, { KUBECONFIG: wayToExisting(target).file });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return new LiveWorld(signal, {}, error.message);
  }
}

function replay(file: string): World {
  try {
    return new RecordedWorld(parseRecording(JSON.parse(readFileSync(file, "utf8"))));
  } catch (error) {
    throw new UserError(`--replay ${file}: ${(error as Error).message}`, "give a file that --record wrote");
  }
}
