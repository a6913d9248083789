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
    const before = former[`${type}::${name}`] ?? former[name];
    if (!before) return undefined;
    const { parent, ...same } = before;
    const alias = { ...same, ...(parent && { parent: pulumi.createUrn(parent.name, parent.type) }) };
    return { props, opts: pulumi.mergeOptions(opts, { aliases: [alias] }) };
  };
  return { ...opts, transformations: [...(opts.transformations ?? []), transformation] };
}
