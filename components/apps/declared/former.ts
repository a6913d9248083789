import * as pulumi from "@pulumi/pulumi";
import { presets } from "../presets";
import type { Former } from "../presets/preset";
import type { DeclaredApp } from "./settings";

/**
 * Options by which the resources of an app keep what they had while the app had layers of its own: its passwords, its keys,
 * and the pods that serve.
 */
export function withFormerNames(
  name: string,
  { preset }: Pick<DeclaredApp, "preset">,
  opts: pulumi.ComponentResourceOptions,
): pulumi.ComponentResourceOptions {
  if (preset === undefined || preset !== name) return opts;
  const former: Readonly<Record<string, Former>> = presets[preset].former;
  const transformation: pulumi.ResourceTransformation = ({ type, name, props, opts }) => {
    // Each generation of a password is a resource of its own; the layers had one for all.
    const [generation = ""] = /(?<=-password)-g\d+$/.exec(name) ?? [];
    const before = former[`${type}::${name}`] ?? former[name.slice(0, name.length - generation.length)];
    if (!before) return undefined;
    const { parent, ...same } = before;
    const alias = { ...same, ...(parent && { parent: pulumi.createUrn(parent.name, parent.type) }) };
    const aliases = generation === "" ? [alias] : [alias, { ...alias, name: `${before.name}${generation}` }];
    return { props, opts: pulumi.mergeOptions(opts, { aliases }) };
  };
  return { ...opts, transformations: [...(opts.transformations ?? []), transformation] };
}
