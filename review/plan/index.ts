import { resourceOf } from "../../engine/resources/fromState";
import { componentsOf, nameOf, type Resource, typeOf } from "../../engine/resources/resource";
import { diagnosticsOf, onlyFoundChanges } from "./diagnostics";
import { isObject } from "./lists";
import type { Change, StackPreview } from "./model";
import { type MergedStep, mergedSteps } from "./operations";
import { compareChanges, orderedDiagnostics } from "./order";
import { propertyChanges } from "./properties";
import { greatest } from "./ranks";
import { renamedStack } from "./renamed";
import { type CliReport, reportIn, type StepState } from "./report";
import { assess, deniesByDefault } from "./risk";
import { type MaskedPair, Redactor } from "./secrets";
import { sourceLine } from "./source";
import { countsOf, resourcesOf } from "./sums";

export type * from "./model";
export { offlinePreview } from "./offline";

/** What the CLI's report does not say itself. */
export interface PreviewOptions {
  /** @default what the URNs say */
  readonly project?: string;
  /** @default what the URNs say */
  readonly stack?: string;
  /** Of the CLI; without it a report without errors is one that succeeded. */
  readonly exitCode?: number;
  /** What the CLI wrote beside its report; shown, redacted, where it failed without naming an error. */
  readonly stderr?: string;
  /** @default engine */
  readonly origin?: StackPreview["origin"];
  /** Texts that are masked wherever they stand, as the values of a stack's encrypted settings. */
  readonly secrets?: readonly string[];
}

/**
 * What `pulumi preview --json`, `pulumi refresh --preview-only --json` or `pulumi preview --refresh --json` says about one
 * stack. Never throws: what is no report is a preview that failed, with the words that the CLI left.
 *
 * @param cliStdout all that the CLI wrote on stdout, or the report itself
 */
export function stackPreview(cliStdout: string | object, options: PreviewOptions = {}): StackPreview {
  const report = reportIn(cliStdout);
  const rest = restOf(cliStdout, report, options);
  const failed = hasFailed(report, rest, options);
  const steps = report ? mergedSteps(report) : [];
  const words = new Set(steps.flatMap(({ urn }) => [...urn.split("::"), ...urn.split(/::|\$|:/)]));
  const redactor = new Redactor(options.secrets, words);
  const masked = steps.map((step) => maskedStep(step, redactor));
  const diagnostics = diagnosticsOf(report, failed, rest, redactor);
  const seen = masked.map((step) => readStep(step, redactor));
  const byUrn = new Map(
    seen.flatMap(({ before, after }) => [before, after].flatMap((entry) => (entry ? [[entry.urn, entry]] : []))) as [
      string,
      Resource,
    ][],
  );
  const successors = new Set(
    seen.filter(({ step }) => step.operation === "create").map(({ step }) => lineage(step.urn)),
  );
  const gone = new Set(seen.filter(({ step }) => step.operation === "delete").map(({ step }) => step.urn));
  const deniedByDefault = seen.some(
    ({ step, after }) => step.operation !== "delete" && after && deniesByDefault(after),
  );
  const surroundings = { byUrn, successors, gone, deniedByDefault };
  const changes = seen.flatMap((entry) => changeOf(entry, surroundings) ?? []).sort(compareChanges);
  const [stack, project] = named(steps, options);
  const counts = countsOf(seen.map(({ step, isRoot }) => (isRoot ? undefined : step.operation)));
  const leftOut = samesLeftOut(report, steps);
  return {
    ...{ project, stack },
    origin: options.origin ?? "engine",
    succeeded: !failed,
    changes,
    counts: { ...counts, same: counts.same + leftOut },
    risk: greatest(changes.map(({ risk }) => risk)),
    diagnostics: orderedDiagnostics([...diagnostics, ...renamedStack(changes, project)]),
    ...(leftOut > 0 && { partial: true }),
    before: resourcesOf(seen.flatMap(({ before, isRoot }) => (before && !isRoot ? [before] : []))),
    after: resourcesOf(
      seen.flatMap(({ step, after, isRoot }) => (after && !isRoot && step.operation !== "delete" ? [after] : [])),
    ),
    ...(report?.duration !== undefined && { duration: Math.round(report.duration / 1e6) }),
  };
}

interface MaskedStep {
  readonly step: MergedStep;
  readonly raw: MaskedPair;
  readonly masked: MaskedPair;
  /** Masked, of what is there. */
  readonly outputs: unknown;
}

/** One resource of a report, before and after. */
interface Seen extends MaskedStep {
  readonly isRoot: boolean;
  readonly before?: Resource;
  readonly after?: Resource;
}

/** First look at a resource: its values masked, and every secret among them learnt. */
function maskedStep(step: MergedStep, redactor: Redactor): MaskedStep {
  const states = [step.before, step.after];
  const secretProperties = new Set(states.flatMap((state) => state?.additionalSecretOutputs ?? []));
  const raw = comparedValues(step);
  const type = typeOf(step.urn);
  // Outputs are shown nowhere; what is a secret in them is one in every other text.
  const outputs = redactor.pair(plainOf(step.before?.outputs), plainOf(step.after?.outputs), {
    type,
    secretProperties,
  });
  return {
    step,
    raw,
    masked: redactor.pair(raw.before, raw.after, { type, secretProperties }),
    outputs: outputs.before,
  };
}

/** Inputs; of what a refresh found, what is really there of the properties that the program gives. */
function comparedValues({ operation, before, after }: MergedStep): MaskedPair {
  const inputs = (state: StepState | undefined) => (state ? plainOf(state.inputs ?? {}) : undefined);
  if (operation !== "refresh" || !before || !after) return { before: inputs(before), after: inputs(after) };
  if (after.inputs && JSON.stringify(after.inputs) !== JSON.stringify(before.inputs)) {
    return { before: inputs(before), after: inputs(after) };
  }
  const like = plainOf(before.inputs ?? {});
  return { before: within(plainOf(before.outputs ?? {}), like), after: within(plainOf(after.outputs ?? {}), like) };
}

/** The part of a value that another one has too: what a provider adds of its own (status, fingerprints) is left out. */
function within(value: unknown, like: unknown): unknown {
  if (!isObject(value) || !isObject(like)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) =>
      Object.hasOwn(like, key) ? [[key, within(entry, like[key])]] : [],
    ),
  );
}

/** Values with the engine's marks as `[secret]` and `[unknown]`. */
function plainOf(values: Readonly<Record<string, unknown>> | undefined): unknown {
  return values && resourceOf({ urn: "", type: "", inputs: values }).inputs;
}

/** Second look: the resource as others see it, when all secrets are known. */
function readStep(entry: MaskedStep, redactor: Redactor): Seen {
  const { step, masked } = entry;
  const of = (state: StepState | undefined, inputs: unknown): Resource | undefined => {
    if (!state) return undefined;
    const { source: _, ...resource } = resourceOf({ ...state, sourcePosition: undefined, inputs: {} } as StepState);
    const source = sourceLine(state);
    return {
      ...resource,
      type: state.type || typeOf(state.urn),
      inputs: redactor.cleared(inputs ?? {}),
      ...(source && { source }),
    };
  };
  const cleared = { before: redactor.cleared(masked.before), after: redactor.cleared(masked.after) };
  const before = of(step.before, cleared.before);
  const after = of(step.after, cleared.after);
  const isRoot = typeOf(step.urn) === "pulumi:pulumi:Stack";
  const outputs = redactor.cleared(entry.outputs);
  return { ...entry, masked: cleared, outputs, isRoot, ...(before && { before }), ...(after && { after }) };
}

/** What else happens in the same preview. */
interface Surroundings {
  readonly byUrn: ReadonlyMap<string, Resource>;
  /** Lineages of what is made. */
  readonly successors: ReadonlySet<string>;
  /** URNs of what is deleted. */
  readonly gone: ReadonlySet<string>;
  readonly deniedByDefault: boolean;
}

/**
 * Reasons that are the engine's own and no properties: a person asked for it (`id`), or another replacement brings it
 * (`replaceWith`; from release 3.260 on `deletedWith` too, which earlier ones did not give as a reason).
 */
const engineReasons = /^(id|replaceWith|deletedWith)$/;

function changeOf(
  { step, raw, masked, outputs, before, after, isRoot }: Seen,
  { byUrn, successors, gone, deniedByDefault }: Surroundings,
): Change | undefined {
  const { operation, urn, replaceReasons, deletedFirst } = step;
  const resource = after ?? before;
  if (isRoot || !resource || operation === "same" || operation === "read") return undefined;
  const whole = operation === "create" || operation === "delete" || operation === "forget" || !before || !after;
  const properties = whole
    ? []
    : [
        ...(before.protect === after.protect
          ? []
          : [
              {
                path: "protect",
                kind: "change" as const,
                forcesReplacement: false,
                before: before.protect,
                after: after.protect,
              },
            ]),
        ...propertyChanges({ raw, masked, outputs, detailedDiff: step.detailedDiff, replaceReasons }),
      ];
  const forced = properties.filter(({ forcesReplacement }) => forcesReplacement).map(({ path }) => path);
  const forcedBy = forced.length > 0 ? forced : replaceReasons.filter((reason) => !engineReasons.test(reason));
  const source = after?.source ?? before?.source;
  return {
    ...{ operation, urn, type: resource.type, name: nameOf(urn) },
    components: componentNames(resource, byUrn),
    ...(before && { before }),
    ...(after && operation !== "delete" && { after }),
    ...{ properties, forcedBy },
    ...assess({
      ...{ operation, before, after, properties, forcedBy, deletedFirst },
      asked: replaceReasons.includes("id"),
      along: replaceReasons.some((reason) => /^(replaceWith|deletedWith)$/.test(reason)),
      // The engine marks what it deletes first itself in the same way.
      pending: step.before?.pendingReplacement === true && !deletedFirst && forcedBy.length === 0,
      withComponent: gone.has(resource.parent),
      deniedByDefault,
      succeeded: operation === "delete" && successors.has(lineage(urn)),
    }),
    ...(source && { source }),
  };
}

/** Whether parents go round in a circle, which no engine writes and no reader may hang on. */
function isEndless(resource: Resource, byUrn: ReadonlyMap<string, Resource>): boolean {
  const seen = new Set<string>();
  for (let at: Resource | undefined = resource; at; at = byUrn.get(at.parent)) {
    if (seen.has(at.urn)) return true;
    seen.add(at.urn);
  }
  return false;
}

/** A report without what stays the same does not have the components: of those, the URN tells the innermost one. */
function componentNames(resource: Resource, byUrn: ReadonlyMap<string, Resource>): string[] {
  const { parent } = resource;
  const known = isEndless(resource, byUrn) ? [] : componentsOf(resource, byUrn).map(({ name }) => name);
  return known.length > 0 || parent === "" || byUrn.has(parent) ? known : [nameOf(parent)];
}

/** What two runs of one thing have in common: `panel-migrate-0a1b2c3d4e-job` is the job of some `panel-migrate`. */
function lineage(urn: string): string {
  return urn.replace(/-[0-9a-f]{10}(?=-|$)/, "-*");
}

function hasFailed(report: CliReport | undefined, rest: string, { exitCode }: PreviewOptions): boolean {
  if (!report) return true;
  if (exitCode !== undefined) return exitCode !== 0 && !onlyFoundChanges(report, rest);
  return report.diagnostics.some(({ severity }) => severity === "error") && !onlyFoundChanges(report, rest);
}

/** How many resources stay as they are that the report does not show. */
function samesLeftOut(report: CliReport | undefined, steps: readonly MergedStep[]): number {
  const summed = report?.changeSummary?.same ?? 0;
  // A step may be the same for the engine and a change here (protection), or the same here and a refresh for the engine.
  const told = report?.steps.filter(({ op }) => op === "same").length ?? 0;
  // A component that is replaced is no same for the engine.
  const merged = steps.filter(
    ({ operation, replaceReasons }) => operation === "same" && replaceReasons.length === 0,
  ).length;
  return Math.max(0, summed - Math.max(told, merged));
}

/** What was written beside the report. */
function restOf(printed: string | object, report: CliReport | undefined, { stderr = "" }: PreviewOptions): string {
  return stderr.trim() || (typeof printed === "string" && !report ? printed : "");
}

function named(steps: readonly MergedStep[], { stack, project }: PreviewOptions): [string, string] {
  const [, ofStack = "", ofProject = ""] = /^urn:pulumi:(.*?)::(.*?)::/.exec(steps[0]?.urn ?? "") ?? [];
  return [stack ?? ofStack, project ?? ofProject];
}
