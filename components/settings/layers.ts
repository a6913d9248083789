import type { z } from "zod";
import { chat, panel, workers } from "../apps/settings";
import { schemasOf } from "../clouds";
import { edge } from "../ingress/settings";
import type { SettingsContext } from "../schema/context";
import { oneOfKinds } from "../schema/fields";
import { operations } from "../stack/settings";

/** What each layer is for, in the order in which the layers are built. */
export const layerMeanings = {
  cluster: "where everything runs",
  postgres: "the database of the panel and the chat",
  redis: "the panel's sessions and job queue",
  panel: "the Node.js panel, and what its workers and jobs share with it",
  workers: "the panel's job workers",
  chat: "the clustered Elixir chat",
  edge: "NGINX: public addresses, TLS, limits and the load balancer",
  operations: "names, logs and protection of the whole stack",
} as const;

export type Layer = keyof typeof layerMeanings;

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
    panel: panel(context),
    workers: workers(context),
    chat: chat(context),
    edge: edge(context),
    operations: operations(context),
  } satisfies Record<Layer, z.ZodType>;
}

/** The checked settings as the parser gives them, secrets still in `Secret`. */
export type ParsedLayers = { readonly [L in Layer]: z.output<ReturnType<typeof layerSchemas>[L]> };
