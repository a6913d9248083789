import { clouds } from "../../../components/clouds";
import type { CloudDeployed } from "../../../components/clouds/shared/deployed";
import type { CloudModule } from "../../../components/clouds/shared/module";
import { factsOf } from "../../../components/facts";
import type { StateResource } from "../../../engine/resources/fromState";
import type { Stack } from "../../../engine/stack";
import { shortName } from "../../../engine/stack/pulumiEvents";
import type { ExportedStack } from "../../../engine/stack/state";
import { awaitAtCloud, type CloudCli, cloudCli } from "./awaitAtCloud";
import type { Progress } from "./up";

/** A resource as the engine's own state has it, with what `StateResource` leaves out. */
type Entry = StateResource & { readonly pendingReplacement?: boolean; readonly provider?: string };
type Inputs = Readonly<Record<string, unknown>>;

/** A creation of a cloud's thing that a run has begun and not ended. */
interface Begun {
  readonly urn: string;
  /** By which its plugin finds it, where that can be known. */
  readonly id: string | undefined;
  /** The words of the cloud's CLI that wait until it is ready, where that takes long and its plugin does not. */
  readonly wait?: readonly string[];
}

/**
 * The id of something that is not in the state yet; undefined where only its cloud knows it.
 *
 * @param usual what its provider takes where nothing is said: the project, the region
 */
export function idAtCloud(
  { type, inputs: given = {} }: Pick<StateResource, "type" | "inputs">,
  usual: Inputs = {},
): string | undefined {
  const inputs: Inputs = { ...usual, ...given };
  const form = factsOf(type)?.importId;
  if (!form) return undefined;
  const values = [...form.matchAll(/\{(\w+)\}/g)].map(([, key]) => inputs[key!]);
  if (!values.every((value) => typeof value === "string")) return undefined;
  return form.replaceAll(/\{(\w+)\}/g, (_, key: string) => String(inputs[key]));
}

/** What the cloud brings whose package a type is of. */
function deployedOf(type: string): CloudDeployed | undefined {
  const [name = ""] = type.split(":");
  return Object.hasOwn(clouds, name) ? (clouds as Readonly<Record<string, CloudModule>>)[name]!.deployed() : undefined;
}

/** What of a cloud a run has begun and not ended. */
export function begunAtCloud(exported: ExportedStack | undefined): Begun[] {
  return (exported?.deployment?.pending_operations ?? []).flatMap(({ type, resource }) => {
    const deployed = type === "creating" ? deployedOf(resource.type) : undefined;
    if (!deployed || deployed.repeatable.test(resource.type)) return [];
    const usual = providerOf(resource, exported);
    const wait = deployed.waitFor?.(resource, usual);
    return [{ urn: resource.urn, id: idAtCloud(resource, usual), ...(wait && { wait }) }];
  });
}

/** What the provider of a resource was set up with. */
function providerOf({ provider = "" }: Entry, exported: ExportedStack | undefined): Inputs {
  // The reference is the provider's URN and, after it, its id.
  const urn = provider.split("::").slice(0, -1).join("::");
  return exported?.deployment?.resources?.find((resource) => resource.urn === urn)?.inputs ?? {};
}

/**
 * A state with what was begun in a cloud, under the id that it has if it is there. Where it is the replacement of another
 * thing, that one now waits to be deleted, as if the run had come one step further.
 */
export function withBegunAtCloud(exported: ExportedStack): ExportedStack {
  const { deployment } = exported;
  const ids = new Map(begunAtCloud(exported).flatMap(({ urn, id }) => (id === undefined ? [] : [[urn, id] as const])));
  const begun = deployment?.pending_operations ?? [];
  const before = ((deployment?.resources ?? []) as Entry[]).flatMap((entry): Entry[] => {
    if (!ids.has(entry.urn) || entry.delete) return [entry];
    return entry.pendingReplacement ? [] : [{ ...entry, delete: true }];
  });
  const taken = begun.filter(({ resource }) => ids.has(resource.urn));
  return {
    ...exported,
    deployment: {
      ...deployment,
      resources: [
        ...before,
        ...taken.map(({ resource }) => ({ ...resource, id: ids.get(resource.urn)!, outputs: {} })),
      ],
      pending_operations: begun.filter(({ resource }) => !ids.has(resource.urn)),
    },
  };
}

/**
 * Puts what a killed run began to create in a cloud into the state, before an `up` or a `destroy`: else the `up` would
 * make it a second time, which the cloud refuses (409), and a `destroy` would leave it. The provider looks whether it is
 * there; what is not is forgotten, and made by the run. What only its cloud can name is told with the command that asks.
 *
 * @returns the state as it is then; undefined where there is none yet
 */
export async function continueAtCloud(
  stack: Pick<Stack, "exported" | "update" | "replaceState">,
  {
    progress,
    signal,
    cli = cloudCli(signal),
  }: { readonly progress: Progress; readonly signal: AbortSignal; readonly cli?: CloudCli },
): Promise<ExportedStack | undefined> {
  const exported = await stack.exported();
  const begun = begunAtCloud(exported);
  const known = begun.filter(({ id }) => id !== undefined);
  const unknown = begun.filter(({ id }) => id === undefined);
  if (exported && known.length > 0) {
    const names = known.map(({ urn }) => shortName(urn)).join(", ");
    await progress.step(`looking for what a killed run has begun in the cloud: ${names}`, async (report) => {
      for (const { urn, wait } of known) if (wait) await awaitAtCloud(shortName(urn), wait, cli);
      await stack.replaceState(withBegunAtCloud(exported), "completed", report);
      // What it looks like is the provider's to say; what it does not find, it takes out again.
      await stack.update(
        "refresh",
        report,
        signal,
        known.flatMap(({ urn }) => ["--target", urn]),
      );
    });
  }
  if (unknown.length > 0) {
    progress.note(
      `a killed run began to create ${unknown.map(({ urn }) => shortName(urn)).join(", ")}, and only the cloud ` +
        "knows its id. It may exist without being in the state. pulumi refresh asks you for each id; otherwise another one is created",
    );
  }
  return exported && known.length > 0 ? stack.exported() : exported;
}
