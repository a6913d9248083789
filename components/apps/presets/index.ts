import { isMap, mapIn } from "../../schema/mapIn";
import { chatPreset } from "./chat";
import { panelPreset } from "./panel";
import type { Preset } from "./preset";

/** The apps whose settings are known. A further one is a file and a line here. */
export const presets = { panel: panelPreset, chat: chatPreset } satisfies Record<string, Preset>;

/** The preset that an app of a stack's file has; undefined where it has none, or one that there is not. */
export function presetOf(app: unknown): Preset | undefined {
  const { preset } = mapIn(app);
  return typeof preset === "string" && Object.hasOwn(presets, preset)
    ? presets[preset as keyof typeof presets]
    : undefined;
}

/**
 * The apps as a stack's file has them, with what their presets fill in. Of what both say, the stack's own comes first: maps
 * are put together, a key without a value takes away what the preset says, anything else takes its place.
 *
 * @param given the layer `apps`, unchecked
 */
export function withPresets(given: unknown): unknown {
  const apps = Object.entries(mapIn(given));
  if (!apps.some(([, app]) => presetOf(app))) return given;
  const appOf = (preset: string) => apps.find(([, app]) => mapIn(app).preset === preset)?.[0] ?? preset;
  return Object.fromEntries(
    apps.map(([name, app]) => {
      const preset = presetOf(app);
      return [name, preset ? merged(preset.fill({ name, given: app, appOf }), app) : app];
    }),
  );
}

/** What a preset says below what a stack says; one value of it goes into each item of a list, such as several routes. */
function merged(filled: unknown, given: unknown): unknown {
  if (given === undefined) return filled;
  if (!isMap(filled)) return given;
  if (Array.isArray(given)) return given.map((item) => merged(filled, item));
  if (!isMap(given)) return given;
  const own = Object.entries(given).filter(([key]) => !Object.hasOwn(filled, key));
  // A key without a value takes away what the preset says.
  const both = Object.entries(filled).filter(([key]) => given[key] !== null);
  return Object.fromEntries([...both.map(([key, value]) => [key, merged(value, given[key])]), ...own]);
}
