import type { ComponentResourceOptions } from "@pulumi/pulumi";
import type { SettingsContext } from "../schema/context";
import { chatApp } from "./chat/module";
import type { DeclaredStackSettings } from "./declared/create";
import { type DeclaredLayers, declaredSpecs } from "./declared/spec";
import { panelApp } from "./panel/module";
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
    schema: (context: SettingsContext, given?: unknown) =>
      (require("./declared/settings") as typeof import("./declared/settings")).declaredApps(context, given),
  },
};

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

/** Of a stack's settings, what its apps are made of. */
export type AppSettings = Intersection<SettingsOfApp<Apps[keyof Apps]>> & DeclaredStackSettings;
type SettingsOfApp<A extends AppModule> = A extends unknown
  ? Awaited<ReturnType<A["load"]>> extends CreateApp<infer S>
    ? S
    : never
  : never;

/** Creates the apps, one after the other: each may judge the tokens of those before it. */
export async function createApps(
  args: Omit<AppArgs<AppSettings>, "tokens">,
  opts: ComponentResourceOptions,
): Promise<App[]> {
  const created: App[] = [];
  const tokens = () => {
    const found = created.find((app) => app.tokens)?.tokens;
    if (!found) throw new Error("no app before this one signs tokens");
    return found;
  };
  for (const { load } of Object.values<AppModule>(apps)) {
    const create = (await load()) as CreateApp<AppSettings>;
    created.push(create({ ...args, tokens }, opts));
  }
  const { createDeclared } = await import("./declared/create");
  return [...created, ...createDeclared({ ...args, tokens }, opts)];
}
