import { readFileSync, writeFileSync } from "node:fs";
import { SettingsError } from "../../components/settings/parse";
import { findEngine } from "../../local/engine";
import { Refusal } from "../../local/support/refusal";
import { type CommandSpec, exitCodes, type Invocation } from "../cli/command";
import { examine } from "../doctor";
import type { World } from "../doctor/model";
import { parseRecording, RecordedWorld, RecordingWorld } from "../doctor/recording";
import { countsOf, reportOf } from "../doctor/report";
import { subjectOf } from "../doctor/subject";
import { LiveWorld } from "../doctor/world";

/** `switchboard doctor`: what would keep a stack from coming up, found before anything is changed. */
export const command: CommandSpec = {
  name: "doctor",
  summary: "look for everything that would keep a stack from coming up, with the fix for each",
  description:
    "Before anything: tools and their versions, the state's backend, credentials and account, APIs and quotas, zones and " +
    "machine types, overlapping networks, Kubernetes and Postgres against their calendars, DNS, CAA and the certificates " +
    "that are shown. It reads only. --record keeps what was asked and answered, without tokens or keys, so that somebody " +
    "else can look at it with --replay.",
  options: [
    { flags: "--record <file>", description: "keep every question and answer in a file" },
    { flags: "--replay <file>", description: "ask nobody: take the answers from such a file" },
  ],
  examples: [
    ["switchboard doctor", "whether this machine can run the development stack"],
    [
      "switchboard doctor prod --production prod",
      "everything that production needs of Google Cloud, before the first up",
    ],
    ["switchboard doctor prod --record prod.json", "the same, for somebody who has no access to look at"],
    ["switchboard doctor prod --replay prod.json --json", "that record again, for a script"],
  ],
  reach: "reads",
  reachOf: ({ options }) => (options.replay ? "offline" : "reads"),
  async run({ io, target, options }: Invocation) {
    const world = options.replay ? replay(options.replay as string) : await live(io.signal, target);
    const recorder = options.record ? new RecordingWorld(world) : undefined;
    let checked: Awaited<ReturnType<typeof examine>>;
    try {
      const subject = await subjectOf(target, world.now);
      checked = await io.step(`looking at stack ${target.stack}`, () => examine(subject, recorder ?? world));
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      throw new Refusal(error.message, "correct the stack's file (docs/settings.md); nothing else was looked at");
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

/** With the Pulumi CLI and the backend that an `up` would use, where there is one. */
async function live(signal: AbortSignal, { cloud }: Invocation["target"]): Promise<World> {
  if (!cloud) return new LiveWorld(signal);
  const environment = await findEngine({ cloud, signal }).then(
    ({ env }) => env,
    () => ({}),
  );
  return new LiveWorld(signal, environment);
}

function replay(file: string): World {
  try {
    return new RecordedWorld(parseRecording(JSON.parse(readFileSync(file, "utf8"))));
  } catch (error) {
    throw new Refusal(`--replay ${file}: ${(error as Error).message}`, "give a file that --record wrote");
  }
}
