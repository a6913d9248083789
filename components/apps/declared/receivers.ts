import { z } from "zod";
import { show } from "../../schema/fields";
import { proposal } from "../../schema/nearest";
import { words } from "../../schema/values/words";

/** Who of an app gets a secret. */
export const receivers = () =>
  z
    .array(words())
    .min(1, { error: "is empty, so nobody would get it; name processes, or remove the key" })
    .optional()
    .describe(
      "who gets it: names of processes and schedules, `release` and `after`. A console has what the first process has; default: all",
    );

/** What may be named so, of an app. */
export interface ReceivingApp {
  readonly processes: Readonly<Record<string, unknown>>;
  readonly schedules: Readonly<Record<string, unknown>>;
  readonly release?: unknown;
  readonly after?: unknown;
  readonly generated: Readonly<Record<string, Received>>;
  readonly keys: Readonly<Record<string, Received>>;
  readonly files: Readonly<Record<string, Received>>;
}

/** What the settings say of one secret. */
export interface Received {
  readonly for?: readonly string[] | undefined;
}

/**
 * Whether pods get it.
 *
 * @param component that of their labels: a process, `release`, `after`, or `schedule-` and a schedule
 */
export function isFor({ for: names }: Received, component: string): boolean {
  return names === undefined || names.some((name) => component === name || component === `schedule-${name}`);
}

/** The names that are no part of the app. */
export function receiverProblems(app: ReceivingApp): { path: (string | number)[]; message: string }[] {
  const commands = (["release", "after"] as const).filter((command) => app[command] !== undefined);
  const known = [...Object.keys(app.processes), ...Object.keys(app.schedules), ...commands];
  return (["generated", "keys", "files"] as const).flatMap((group) =>
    Object.entries(app[group]).flatMap(([name, { for: names = [] }]) =>
      names.flatMap((one, index) =>
        known.includes(one)
          ? []
          : [
              {
                path: [group, name, "for", index],
                message: `${show(one)} is no process, schedule or command of it; ${proposal(one, known)}`,
              },
            ],
      ),
    ),
  );
}
