import { type ChatLayers, chatApp } from "./chat/module";
import { type PanelLayers, panelApp } from "./panel/module";
import type { AppModule } from "./shared/module";
import type { AppSpec } from "./shared/spec";

/** Every app with code of its own. A further one is a folder and a line here. */
export const apps = { panel: panelApp, chat: chatApp } satisfies Record<string, AppModule>;

type Intersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
type Apps = typeof apps;

/** The layers of the settings that apps bring, in the order of the apps. */
export const appLayers = Object.assign({}, ...Object.values(apps).map(({ layers }) => layers)) as Intersection<
  Apps[keyof Apps]["layers"]
>;

/** The layers that apps read, those of their own and the ingress'. */
export type AppLayers = PanelLayers & ChatLayers;

/** What the apps of a stack are made of, those whose settings are right. */
export function appSpecs(layers: AppLayers): AppSpec[] {
  return Object.values(apps).flatMap((app) => app.spec(layers) ?? []);
}
