import type { Change } from "../../schema/change";

/** What a preset fills in is made from this. */
export interface PresetArgs {
  /** Of the app. */
  readonly name: string;
  /** What the stack says of it. */
  readonly given: unknown;
  /** The app of the stack that has a preset; the name of the preset while there is none. */
  readonly appOf: (preset: string) => string;
}

/** An app whose settings are known by its image. */
export interface Preset {
  /** Its settings. What a stack says itself comes before them. */
  readonly fill: (args: PresetArgs) => Readonly<Record<string, unknown>>;
  /** What a new stack for production says of it, by path. */
  readonly production: readonly Change[];
}
