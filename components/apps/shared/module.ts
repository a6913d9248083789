import type { z } from "zod";
import type { PodIdentity } from "../../contracts";
import type { SettingsContext } from "../../schema/context";
import type { Schema } from "../../schema/sealed";
import type { CreateApp } from "./app";
import type { ConsoleSpec } from "./console";
import type { AppHealth } from "./health";
import type { AppSpec } from "./spec";

/** A layer of the settings that an app brings. */
export interface AppLayer {
  /** What it is for, in the documentation. */
  readonly meaning: string;
  /**
   * @param given what the stack says, where that is known
   * @param identities the schemas of the kinds of identity that clouds bring
   */
  readonly schema: (
    context: SettingsContext,
    given?: unknown,
    identities?: Readonly<Record<string, Schema>>,
  ) => z.ZodType;
}

/**
 * What an app with code of its own must bring. A further one is a folder whose `module.ts` exports one of these, and a
 * line in `components/apps/index.ts`. It loads nothing of Pulumi: settings are read before anything is registered.
 */
export interface AppModule {
  /** The layers of its settings, in the order in which they are written. */
  readonly layers: Readonly<Record<string, AppLayer>>;
  /**
   * Its key of the ingress' layer: where it is reached. A stack that has the app must give each key of it.
   * @default it has none
   */
  readonly address?: (context: SettingsContext) => z.ZodType;
  /**
   * What it is made of.
   * @param layers the checked settings of the stack; one that was wrong is missing
   * @returns undefined where a layer that decides it is missing
   */
  readonly spec: (layers: never) => AppSpec | undefined;
  /** Its pods that run until they are told to stop, by what people call them in commands. */
  readonly pods: Readonly<Record<string, PodIdentity>>;
  /** How its console is used; undefined for an app without one. */
  readonly console: ConsoleSpec | undefined;
  /** How `status` and the end of `up` see it; undefined for an app without a public address. */
  readonly health: AppHealth | undefined;
  /** What creates it, loaded when the stack is. */
  readonly load: () => Promise<CreateApp<never>>;
}
