import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { subjectOf } from "../../doctor/subject";
import { versionsOf } from "../../versions";
import { liveSources } from "./collect";
import { versionJson, versionLines } from "./render";

/** `switchboard versions`: what is newer than what a stack runs, and until when that is supported. */
export const command: CommandSpec = {
  name: "versions",
  summary: "list what is newer than what a stack runs, and until when that is supported",
  description:
    "It lists the control plane, node images, add-ons, charts, databases, NGINX, base images and the tools of this " +
    "machine. A row has the version that runs, the newest of its line and the newest line within one step. It says " +
    "until when the present version is supported, and names the setting that raises it. It asks the cloud's CLI, " +
    "the cluster, helm and the registries; where nobody answers, a table of this program counts. Each row names its " +
    "source. A table that is older than a year is not used. Less than 90 days are warned of. --check exits with 3 if " +
    "something is out of support. With --json it prints stack, at, outOfSupport and versions. New keys may be added; " +
    "none is renamed.",
  options: [{ flags: "--check", description: "exit with 3 if something is out of support", default: false }],
  examples: [
    ["switchboard versions", "what is newer than what the development stack runs"],
    ["switchboard versions prod --production prod", "the production stack; this only looks"],
    ["switchboard versions prod --production prod --check", "for a pipeline that runs once a week"],
    [
      "switchboard versions --json | jq -r '.versions[] | [.what, .now, .supportedUntil] | @tsv'",
      "the dates, for a script",
    ],
  ],
  access: "read",
  async run({ io, target, options }: Invocation) {
    const rows = await io.step(`asking for the versions of ${target.stack}`, async () => {
      const sources = await liveSources(target, io.signal);
      return versionsOf(await subjectOf(target, sources.world.now), sources);
    });
    const found = { stack: target.stack, at: new Date().toISOString(), rows };
    io.result(versionJson(found), () => versionLines(found, io.style));
    return options.check && rows.some(({ state }) => state === "over") ? exitCodes.no : exitCodes.ok;
  },
};
