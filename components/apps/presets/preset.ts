import type { Change } from "../../schema/change";
import type { AppHealth } from "../shared/health";

/** What a preset fills in is made from this. */
export interface PresetArgs {
  /** Of the app. */
  readonly name: string;
  /** What the stack says of it. */
  readonly given: unknown;
  /** The app of the stack that has a preset; the name of the preset while there is none. */
  readonly appOf: (preset: string) => string;
}

/** What a resource was called before; what is not named is as it is now. */
export interface Former {
  readonly type?: string;
  readonly name?: string;
  /** The component that it stood in. */
  readonly parent?: { readonly type: string; readonly name: string };
}

/** An app whose settings are known by its image. */
export interface Preset {
  /** Its settings. What a stack says itself comes before them. */
  readonly fill: (args: PresetArgs) => Readonly<Record<string, unknown>>;
  /** How `status` and the end of `up` see it. */
  readonly health: AppHealth;
  /**
   * What its resources were called while it had layers of its own: a stack that changes over keeps them. It is so for an
   * app that is called as its preset. By their names, after the type where two have one name (`type::name`).
   */
  readonly former: Readonly<Record<string, Former>>;
  /** What a new stack for production says of it, by path. */
  readonly production: readonly Change[];
}
