import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { SettingsContext } from "./context";
import type { Secret } from "./secret";

/** A value of the settings with every secret in it as a secret output. */
export type Sealed<T> = T extends Secret
  ? pulumi.Output<string>
  : T extends object
    ? { readonly [K in keyof T]: Sealed<T[K]> }
    : T;

/** A schema of settings, made for the stack at hand. */
export type Schema = (context: SettingsContext) => z.ZodType;

/** What the parser gives for a schema, secrets still in `Secret`. */
export type ParsedOf<S extends Schema> = z.output<ReturnType<S>>;

/** What the program gets for a schema. Structure is plain; only secrets are outputs. */
export type SettingsOf<S extends Schema> = Sealed<ParsedOf<S>>;
