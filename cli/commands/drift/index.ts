import { markdownOf, textOf, unreadLines } from "../../../review/drift/text";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { lookForDrift } from "./drift";

/** `switchboard drift`: what was changed by hand since the last `up`. */
export const command: CommandSpec = {
  name: "drift",
  summary: "find what was changed by hand since the last up",
  description:
    "It compares every resource with what the last up left (pulumi refresh --preview-only). It does not run the " +
    "program, takes no lock and changes nothing. It ignores fields that autoscalers, controllers and the API " +
    "server own, and fields that others added. It skips what these credentials may not read, and names the " +
    "missing permission. Without drift the exit code is 0, with drift 3. `switchboard up --refresh` restores what " +
    "the program says.",
  options: [
    { flags: "--all", description: "also show expected differences, and who owns the field" },
    { flags: "--markdown", description: "print Markdown for an issue; prints nothing without drift" },
  ],
  examples: [
    ["switchboard drift prod", "what was changed in production by hand"],
    ["switchboard drift prod || switchboard up prod --refresh", "bring it back"],
    ["switchboard drift prod --markdown > drift.md", "for an issue"],
  ],
  access: "read",
  async run({ io, target, options }: Invocation) {
    const drift = await lookForDrift(target, io);
    // Markdown is an issue's, which says nothing where there is no drift.
    if (options.markdown) for (const line of unreadLines(drift)) io.note(line);
    const { stack, resources, expected, looked, unread } = drift;
    const value = {
      stack,
      drifted: resources.length > 0,
      looked,
      unread,
      resources,
      ...(options.all ? { expected } : {}),
    };
    io.result(value, () =>
      options.markdown ? (markdownOf(drift)?.split("\n") ?? []) : textOf(drift, options.all === true),
    );
    return resources.length > 0 ? exitCodes.no : exitCodes.ok;
  },
};
