import type { Egress } from "../../schema/values/egress";

interface Opened {
  readonly egress: readonly Egress[];
}

/** The parts of a declared app that the settings may open ways for. */
export interface OpenedApp {
  readonly processes: Readonly<Record<string, Opened>>;
  readonly release?: Opened | undefined;
  readonly after?: Opened | undefined;
  readonly schedules: Readonly<Record<string, Opened>>;
}

/** Ways out that the settings open for the pods of a process, a schedule or a command. */
export interface Opening {
  /** The component that its pods have in their labels. */
  readonly component: string;
  readonly egress: readonly Egress[];
}

/** What the settings open for each kind of pods of an app. */
export function openingsOf({ processes, release, after, schedules }: OpenedApp): Opening[] {
  const parts: [component: string, part: Opened | undefined][] = [
    ...Object.entries(processes),
    ["release", release],
    ["after", after],
    ...Object.entries(schedules).map(([name, part]): [string, Opened] => [`schedule-${name}`, part]),
  ];
  return parts.flatMap(([component, part]) => (part ? [{ component, egress: part.egress }] : []));
}
