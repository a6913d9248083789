import type { State } from "../deployedState";
import type { Drifted } from "./drifted";

/** A stack's settings as an edit sees them: `panel` stands for `layerKey("panel")`. */
export type Layers = Record<string, any>;

/** Changes settings in place. */
export type Edit = (layers: Layers) => void;

/** Something that a pull request or a person can do to a committed stack. */
export interface Situation {
  /** Name of the fixture. */
  readonly name: string;
  /** What happens, in a sentence. */
  readonly about: string;
  readonly stack: "dev" | "prod" | "prod-eks";
  /** What is there: nothing, or the stack with settings as an edit leaves them. @default the committed stack */
  readonly from?: "nothing" | Edit;
  /** Keys of settings that are secret in what is there. */
  readonly secretKeys?: readonly string[];
  /** Settings of the pull request. @default the committed stack's */
  readonly to?: Edit;
  /** Changes the state as nothing else can, as an update that was ended would leave it. */
  readonly state?: (resources: State[]) => void;
  /** Operations that never ended. */
  readonly pending?: (resources: readonly State[]) => object[];
  /** What is really there. */
  readonly drifted?: Drifted;
  /** @default preview */
  readonly command?: readonly string[];
  /** @default --json --show-sames */
  readonly flags?: readonly string[];
  /** A module that Node.js loads before the program, relative to the repository. */
  readonly preload?: string;
}

/** The one resource of a name. */
export function named(resources: readonly State[], name: string): State {
  const found = resources.filter(({ urn, custom }) => custom && urn.endsWith(`::${name}`));
  if (found.length !== 1) throw new Error(`${found.length} resources are called ${name}`);
  return found[0]!;
}
