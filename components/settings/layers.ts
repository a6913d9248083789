import type { z } from "zod";
import { appAddresses, appLayers } from "../apps";
import type { AppLayer } from "../apps/shared/module";
import { schemasOf } from "../clouds";
import { edge } from "../ingress/settings";
import type { SettingsContext } from "../schema/context";
import { oneOfKinds } from "../schema/fields";
import { operations } from "../stack/settings";

/** What each layer is for, in the order in which the layers are built. */
export const layerMeanings = {
  cluster: "where everything runs",
  postgres: "the database of the apps",
  redis: "sessions, job queues and caches of the apps",
  ...meaningsOf(appLayers),
  edge: "NGINX: public addresses, TLS, limits and the load balancer",
  operations: "names, logs and protection of the whole stack",
};

export type Layer = keyof typeof layerMeanings;

/** What the layers of the apps are for. */
function meaningsOf<L extends Readonly<Record<string, AppLayer>>>(layers: L) {
  const meanings = Object.entries(layers).map(([layer, { meaning }]) => [layer, meaning]);
  return Object.fromEntries(meanings) as { readonly [K in keyof L]: string };
}

/** The schemas of the layers of the apps. */
function schemasOfApps<L extends Readonly<Record<string, AppLayer>>>(
  layers: L,
  context: SettingsContext,
  raw: Readonly<Record<string, unknown>>,
) {
  const identities = schemasOf("identity");
  const schemas = Object.entries(layers).map(([layer, { schema }]) => [layer, schema(context, raw[layer], identities)]);
  return Object.fromEntries(schemas) as { readonly [K in keyof L]: ReturnType<L[K]["schema"]> };
}

/**
 * The schema of every layer, for the stack at hand.
 *
 * @param raw what the stack says, where that is known: of a layer that comes in kinds only the chosen one is loaded
 */
export function layerSchemas(context: SettingsContext, raw: Readonly<Record<string, unknown>> = {}) {
  return {
    cluster: oneOfKinds(schemasOf("cluster"), context, raw.cluster),
    postgres: oneOfKinds(schemasOf("postgres"), context, raw.postgres),
    redis: oneOfKinds(schemasOf("redis"), context, raw.redis),
    ...schemasOfApps(appLayers, context, raw),
    edge: edge(context, appAddresses(context, raw)),
    operations: operations(context),
  } satisfies Record<Layer, z.ZodType>;
}

type Output<L extends Layer> = z.output<ReturnType<typeof layerSchemas>[L]>;
/** The layers of the apps with code of their own, which a stack that declares others may do without. */
type OptionalLayer = Exclude<keyof typeof appLayers, "apps"> | "postgres" | "redis";

/** The checked settings as the parser gives them, secrets still in `Secret`. */
export type ParsedLayers = { readonly [L in Exclude<Layer, OptionalLayer>]: Output<L> } & {
  readonly [L in OptionalLayer]?: Output<L>;
};
