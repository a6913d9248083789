/** What looks at the cluster before something in it is tried. Types only, as `index.ts`. */
import type { CustomResourceOptions } from "@pulumi/pulumi";

/** Tells what cannot be done to the claim of a volume before it is tried. */
export interface Claims {
  /** Options of the resource `name` that sets a claim's size. @param layer of the settings, for messages */
  readonly guard: (name: string, layer: string) => Pick<CustomResourceOptions, "hooks">;
}

/** A kind of objects that somebody else brings to the cluster. */
export interface CustomKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
}

/** Tells that the cluster lacks a kind before an object of it is tried. */
export interface Kinds {
  /**
   * Options of the resource `name`, an object of the kind.
   * @param words the settings that ask for it, who brings the kind, and what to do without
   */
  readonly guard: (
    name: string,
    kind: CustomKind,
    words: { readonly key: string; readonly bringer: string; readonly instead: string },
  ) => Pick<CustomResourceOptions, "hooks">;
}
