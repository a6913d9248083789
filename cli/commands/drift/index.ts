import { markdownOf, textOf, unreadLines } from "../../../review/drift/text";
import { type CommandSpec, exitCodes, type Invocation } from "../../core/command";
import { lookForDrift } from "./drift";

/** `switchboard drift`: what was changed by hand since the last `up`. */
export const command: CommandSpec = {
  name: "drift",
  summary: "find what was changed by hand since the last up",
  description:
    "Every resource is looked at and compared with what the last up left (pulumi refresh --preview-only): the program " +
    "is not run, no lock is taken, and nothing is changed. Fields that autoscalers, controllers and the API server keep " +
    "are left out, and so is what others added beside the program's own fields. What these credentials may not read is " +
    "left out too, and said with the permission that it would take. Without drift this exits with 0, with " +
    "drift with 3. `switchboard up --refresh` brings back what the program says.",
  options: [
    { flags: "--all", description: "also show the differences that are expected, and who keeps the field" },
    { flags: "--markdown", description: "print it as Markdown for an issue; nothing where there is no drift" },
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
