import type { ResourceTransformation } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import type { OperationsSettings } from "./settings";

/** What the file of `operations.transforms` exports as `transform`: Pulumi's own form of it. */
export type Transform = ResourceTransformation;

/** Options by which the program keeps what cannot be made again; `operations.unprotected` is the way to lift protection. */
const guards = ["protect", "retainOnDelete"] as const;

/**
 * Lets a file of the user's change the inputs and options of every resource, for what no setting covers: a tag on one
 * kind of resource, an option of a chart, `ignoreChanges` for what another team owns. It is called for components too.
 * Names, types and parents stay, and so does protection. To be called before the first resource.
 *
 * @throws RunError that names the file, where it cannot be used, or the resource, where it goes wrong with one
 */
export async function useTransforms({ transforms: file }: Pick<OperationsSettings, "transforms">): Promise<void> {
  if (file === undefined) return;
  const { transform } = (await load(file)) as { readonly transform?: unknown };
  if (typeof transform !== "function")
    throw new pulumi.RunError(`operations.transforms: ${file} exports no function of the name transform`);
  pulumi.runtime.registerStackTransformation(guarded(file, transform as Transform));
}

async function load(file: string): Promise<object> {
  try {
    return (await import(file)) as object;
  } catch (error) {
    throw new pulumi.RunError(`operations.transforms: ${file} cannot be loaded: ${reasonOf(error)}`);
  }
}

function guarded(file: string, transform: Transform): Transform {
  return (args) => {
    const refuse = (what: string) => new pulumi.RunError(`operations.transforms: ${file}, ${args.name}: ${what}`);
    let changed: ReturnType<Transform>;
    try {
      changed = transform(args);
    } catch (error) {
      throw refuse(reasonOf(error));
    }
    if (changed === undefined) return undefined;
    const { props, opts } = changed as Partial<NonNullable<ReturnType<Transform>>>;
    if (!props || !opts) throw refuse("give back { props, opts }, both, or nothing; a promise cannot be waited for");
    const lifted = guards.find((option) => args.opts[option] && !opts[option]);
    if (lifted) throw refuse(`takes ${lifted} away; name the resource in operations.unprotected instead`);
    return { props, opts };
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
