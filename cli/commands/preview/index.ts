import { type CommandSpec, type ExitCode, exitCodes, type Invocation } from "../../core/command";
import { UsageError } from "../../core/failure";
import { offlinePreview } from "./offline";

/** `switchboard preview`: what a stack is made of, or what an `up` would change. */
export const command: CommandSpec = {
  name: "preview",
  summary: "show what a stack is made of; with --live what an up would change",
  description:
    "Without --live it shows what a first up would create, from the stack's file alone. It needs no credentials, " +
    "no plugin and no network. If there is a Pulumi CLI, it confirms the tree. With --live the Pulumi CLI " +
    "compares with the stack's state. It shows the changes by component, dangers first, with policy findings and " +
    "the difference in monthly cost. A danger or a mandatory finding gives exit code 3.",
  options: [
    { flags: "--live", description: "ask the stack's state and its providers what an up would change" },
    { flags: "--refresh", description: "with --live: read what is really there first" },
    {
      flags: "--policy-pack <folder>",
      description: "with --live: have the Pulumi CLI ask a policy pack too, such as review/policyPack",
    },
    { flags: "--verbose", description: "show the properties of every resource, secrets masked", default: false },
  ],
  examples: [
    ["switchboard preview prod", "everything that production is made of, on a machine that reaches nothing"],
    ["switchboard preview /tmp/Pulumi.team.yaml --verbose", "a stack's file that lies elsewhere, with all properties"],
    ["switchboard preview prod --live --production prod", "what an up of production would change now"],
    ["switchboard preview dev --json", "every resource with its inputs, for a script"],
  ],
  stackFiles: true,
  access: "read",
  accessOf: ({ options }) => (options.live ? "read" : "none"),
  async run({ io, target, options }: Invocation): Promise<ExitCode> {
    const { live, refresh, policyPack, verbose } = options;
    if (policyPack && !live) throw new UsageError("--policy-pack is of the real preview", "give --live too");
    if (refresh && !live) throw new UsageError("--refresh is of the real preview", "give --live too");
    if (!live) return offlinePreview(target, verbose === true, io);
    const { livePreview } = await import("./livePreview");
    const { tailOf } = await import("../../core/previewTail");
    const { previewLines, previewValue } = await import("../../core/previewReport");
    const preview = await livePreview(target, { policyPack, refresh, progress: io, signal: io.signal });
    const tail = tailOf(preview, policyPack !== undefined);
    io.result(previewValue(preview, tail), () => previewLines(preview, { ...tail, style: io.style, verbose }));
    if (tail.findings.some(({ level }) => level === "mandatory")) return exitCodes.no;
    if (!preview.succeeded) return exitCodes.failed;
    return preview.risk === "danger" ? exitCodes.no : exitCodes.ok;
  },
};
