import { z } from "zod";
import type { StateResource } from "../../engine/resources/fromState";

/** A state as a step has it. What it is not sure to have is optional, and what nobody looks at is let through. */
export interface StepState extends StateResource {
  readonly stackTrace?: readonly { readonly sourcePosition?: string }[];
  readonly retainOnDelete?: boolean;
  readonly pendingReplacement?: boolean;
}

/** One step of the engine, as `pulumi preview --json` has it. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: StepState;
  readonly newState?: StepState;
  /** By property path: `add`, `add-replace`, `delete`, `delete-replace`, `update`, `update-replace`. */
  readonly detailedDiff?: Readonly<Record<string, { readonly kind: string; readonly inputDiff?: boolean }>>;
  readonly diffReasons?: readonly string[];
  readonly replaceReasons?: readonly string[];
}

/** What `pulumi preview --json` and `pulumi refresh --preview-only --json` print, as far as it is used here. */
export interface CliReport {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly { readonly severity: string; readonly message: string; readonly urn?: string }[];
  /** Nanoseconds. */
  readonly duration?: number;
  /** How many steps of each kind, also of those that the report leaves out. */
  readonly changeSummary?: Readonly<Record<string, number>>;
}

const text = z.string();
const texts = z.array(text).catch([]);
const optional = <T extends z.ZodType>(type: T) => type.optional().catch(undefined);
const properties = z.record(text, z.unknown());

const state = z.object({
  ...{ urn: text, type: text.catch("") },
  ...{ id: optional(text), parent: optional(text), sourcePosition: optional(text) },
  ...{ custom: optional(z.boolean()), protect: optional(z.boolean()), external: optional(z.boolean()) },
  ...{
    delete: optional(z.boolean()),
    retainOnDelete: optional(z.boolean()),
    pendingReplacement: optional(z.boolean()),
  },
  ...{ inputs: optional(properties), outputs: optional(properties) },
  ...{ dependencies: optional(texts), additionalSecretOutputs: optional(texts) },
  stackTrace: optional(z.array(z.object({ sourcePosition: optional(text) }).catch({}))),
});

const step = z.object({
  ...{ op: text, urn: text },
  ...{ oldState: optional(state), newState: optional(state) },
  detailedDiff: optional(z.record(text, z.object({ kind: text, inputDiff: optional(z.boolean()) }))),
  ...{ diffReasons: optional(texts), replaceReasons: optional(texts) },
});

const diagnostic = z.object({ severity: text.catch("info"), message: text, urn: optional(text) });

/** What cannot be read is left out: one odd entry must not hide the others. */
const listOf = <T extends z.ZodType>(entry: T) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((value) => {
        const result = entry.safeParse(value);
        return result.success ? [result.data] : [];
      }),
    );

const report = z.object({
  ...{ steps: listOf(step), diagnostics: listOf(diagnostic), duration: optional(z.number()) },
  changeSummary: optional(z.record(text, z.number())),
});

/**
 * The report in what the CLI printed, whatever stands before and after it: progress, warnings of npm, colours.
 *
 * @param printed the CLI's stdout, or the report itself
 * @returns undefined where there is none, as when the CLI fails before it has a stack to preview
 */
export function reportIn(printed: string | object): CliReport | undefined {
  const found = typeof printed === "string" ? jsonIn(withoutColours(printed)) : printed;
  if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
  if (!["steps", "diagnostics", "changeSummary", "config"].some((key) => key in found)) return undefined;
  const result = report.safeParse(found);
  return result.success ? (result.data as CliReport) : undefined;
}

/** The JSON object in a text: the whole of it, or from a line that opens one to a line that closes it. */
function jsonIn(printed: string): unknown {
  const whole = parsed(printed);
  if (whole !== undefined) return whole;
  const end = printed.lastIndexOf("}") + 1;
  // The report is printed last; a line of progress may open with a brace as well.
  for (const { index } of [...printed.matchAll(/^\{/gm)].slice(0, 50)) {
    const found = parsed(printed.slice(index, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A text without the terminal's colours and other escapes, and without the engine's own tags for them (`<{%reset%}>`). */
export function withoutColours(text: string): string {
  return text.replace(escapes, "").replace(/<\{%[^%]*%\}>/g, "");
}

const [esc, csi, bell] = ["\\u001b", "\\u009b", "\\u0007"];
/** CSI sequences, OSC sequences up to their end, and what is left of either. */
const escapes = new RegExp(
  `(?:${esc}\\[|${csi})[0-?]*[ -/]*[@-~]|${esc}\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)?|${esc}[@-Z\\\\-_]?`,
  "g",
);
