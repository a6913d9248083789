import { masked } from "./masked";
import { nameOf, type Resource, type SourceLine } from "./resource";

/** A resource as `pulumi stack export` and the steps of `pulumi preview --json` have it (`apitype.ResourceV3`). */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly external?: boolean;
  readonly delete?: boolean;
  readonly dependencies?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly additionalSecretOutputs?: readonly string[];
  /** `project:///components/apps/workload.ts#42,23` */
  readonly sourcePosition?: string;
}

/** The resources in what `pulumi stack export` prints; those that only wait to be deleted are left out. */
export function fromState(exported: {
  readonly deployment?: { readonly resources?: readonly StateResource[] };
}): Resource[] {
  return (exported.deployment?.resources ?? []).filter((resource) => !resource.delete).map(resourceOf);
}

/** One resource of the engine's own form. */
export function resourceOf(state: StateResource): Resource {
  const source = sourceOf(state.sourcePosition);
  const parent = state.parent ?? "";
  return {
    urn: state.urn,
    type: state.type,
    name: nameOf(state.urn),
    parent: parent.includes("::pulumi:pulumi:Stack::") ? "" : parent,
    custom: state.custom === true,
    read: state.external === true,
    protect: state.protect === true,
    dependencies: state.dependencies ?? [],
    inputs: masked(state.inputs ?? {}),
    ...(source && { source }),
  };
}

/** @returns undefined where the position is of no file of the project */
export function sourceOf(position: string | undefined): SourceLine | undefined {
  const [, file, line] = /^project:\/\/\/(.+)#(\d+)(?:,\d+)?$/.exec(position ?? "") ?? [];
  return file && line ? { file: decodeURI(file), line: Number(line) } : undefined;
}
