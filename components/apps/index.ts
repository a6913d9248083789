import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { z } from "zod";
import type { Postgres, Redis, RedisUser } from "../contracts";
import type { SettingsContext } from "../schema/context";
import { isGiven } from "../schema/mapIn";
import { chatApp } from "./chat/module";
import type { DeclaredStackSettings } from "./declared/app";
import type { IdentityKinds } from "./declared/identity";
import { type DeclaredLayers, declaredSpecs } from "./declared/spec";
import { panelApp } from "./panel/module";
import { publicAddresses } from "./publicAddresses";
import type { App, AppArgs, CreateApp } from "./shared/app";
import type { AppModule } from "./shared/module";
import type { AppSpec } from "./shared/spec";

/** Every app with code of its own. A further one is a folder and a line here. */
export const apps = { panel: panelApp, chat: chatApp } satisfies Record<string, AppModule>;

type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
type Apps = typeof apps;

/** The layers of the settings that apps bring, in the order of the apps; the last one declares further apps. */
export const appLayers = {
  ...(Object.assign({}, ...Object.values(apps).map(({ layers }) => layers)) as Intersection<
    Apps[keyof Apps]["layers"]
  >),
  apps: {
    meaning: "further apps, by name: nothing but values",
    schema: (context: SettingsContext, given?: unknown, kinds: IdentityKinds = {}) =>
      (require("./declared/settings") as typeof import("./declared/settings")).declaredApps(context, kinds, given),
  },
};

/**
 * Whether a stack has the apps with code of their own: it names one of them, or it declares no other. A stack of declared
 * apps alone has neither their layers nor their public addresses.
 *
 * @param raw the layers as they are written
 */
export function namesOwnApps(raw: Readonly<Record<string, unknown>>): boolean {
  const { edge } = raw;
  const layers = Object.values(apps).flatMap(({ layers }) => Object.keys(layers));
  return (
    !isGiven(raw.apps) ||
    layers.some((layer) => isGiven(raw[layer])) ||
    (isGiven(edge) && Object.keys(apps).some((app) => Object.hasOwn(edge as object, app)))
  );
}

/** What the address of an app is, where the app brings one. */
type AddressOf<App> = App extends { readonly address: (context: SettingsContext) => infer S extends z.ZodType }
  ? z.ZodType<z.output<S> | undefined>
  : never;
/** The apps that bring one. */
type Reached = { [K in keyof Apps]: Apps[K] extends { readonly address: unknown } ? K : never }[keyof Apps];

/**
 * The keys of the ingress' layer that apps bring. A stack without the apps may leave them out.
 *
 * @param raw the layers as they are written
 */
export function appAddresses(context: SettingsContext, raw: Readonly<Record<string, unknown>>) {
  const isThere = namesOwnApps(raw);
  const schemas = Object.entries<AppModule>(apps).flatMap(([name, { address }]) => {
    if (!address) return [];
    const schema = address(context);
    // A group that is left out is read as an empty one, so that each key that is missing is named.
    return [[name, isThere ? schema.prefault({}) : schema.optional()] as const];
  });
  return Object.fromEntries(schemas) as unknown as { readonly [K in Reached]: AddressOf<Apps[K]> };
}

/**
 * The stores that a stack's apps use, as the settings are written: those with code of their own use both.
 *
 * @param raw the layers as they are written
 */
export function storesUsed(raw: Readonly<Record<string, unknown>>): {
  readonly postgres: boolean;
  readonly redis: boolean;
} {
  if (namesOwnApps(raw)) return { postgres: true, redis: true };
  const declared = Object.values((raw.apps ?? {}) as Record<string, { uses?: Record<string, unknown> } | undefined>);
  const uses = (store: string) => declared.some((app) => app?.uses?.[store] === true);
  return { postgres: uses("postgres"), redis: uses("redis") };
}

/** The layers that apps read, those of their own and the ingress'. */
export type AppLayers = Intersection<Parameters<Apps[keyof Apps]["spec"]>[0]> & DeclaredLayers;

/** What the apps of a stack are made of, those whose settings are right. */
export function appSpecs(layers: AppLayers): AppSpec[] {
  return [...Object.values(apps).flatMap((app) => app.spec(layers) ?? []), ...declaredSpecs(layers)];
}

/** The apps that have a role and a schema of their own in Postgres. */
export function postgresRoles(layers: AppLayers): string[] {
  return appSpecs(layers).flatMap(({ name, usesPostgres }) => (usesPostgres ? [name] : []));
}

/** The apps that have a user of their own in Redis. */
export function redisUsers(layers: AppLayers): RedisUser[] {
  return appSpecs(layers).flatMap(({ name, redisPrefix }) =>
    redisPrefix === undefined ? [] : [{ name, prefix: redisPrefix }],
  );
}

/** Of a stack's settings, what its apps are made of. */
export type AppSettings = AppLayers & DeclaredStackSettings;
/** What the apps of a stack are made with. */
interface StackAppsArgs extends Pick<AppArgs<AppSettings>, "settings" | "place"> {
  readonly stores: { readonly postgres: Postgres | undefined; readonly redis: Redis | undefined };
}

/** Creates the apps, one after the other: each may judge the tokens of those before it. */
export async function createApps(args: StackAppsArgs, opts: ComponentResourceOptions): Promise<App[]> {
  const { settings, place, stores } = args;
  const addresses = publicAddresses(settings.edge);
  const created: App[] = [];
  const tokens = () => {
    const found = created.find((app) => app.tokens)?.tokens;
    if (!found) throw new Error("no app before this one signs tokens");
    return found;
  };
  for (const { load, spec } of Object.values<AppModule>(apps)) {
    if (!spec(settings as never)) continue;
    if (!addresses || !stores.postgres || !stores.redis) throw new Error("the settings lack what these apps need");
    const create = (await load()) as CreateApp<unknown>;
    created.push(create({ settings, place, addresses, ...stores, tokens } as AppArgs<AppSettings>, opts));
  }
  const { createDeclared } = await import("./declared/create");
  return [...created, ...createDeclared({ settings, place, specs: appSpecs(settings), ...stores }, opts)];
}
