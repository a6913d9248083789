import type { ParsedLayers } from "../layers";

/** The layers that are right in themselves; a check does nothing while one that it needs is missing. */
export type Layers = Partial<ParsedLayers>;

/** What lies between settings. `now` is the time to judge dates by. */
export type Check = (settings: Layers, found: Findings, now: Date) => void;

/** What the checks have found, as sentences `<key>: <what is wrong>; <what to do>`. */
export class Findings {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  constructor(private readonly settings: Layers) {}

  /** Whether the stack is held to what production needs (`operations.protect`). */
  get production(): boolean {
    return this.settings.operations?.protect ?? false;
  }

  /** What production may not have: an error there, a warning elsewhere. */
  refuseInProduction(sentence: string): void {
    if (this.production) this.errors.push(`${sentence} (operations.protect asks for it)`);
    else this.warnings.push(sentence);
  }

  /** The same, said of nothing that is on somebody's cluster for development: there it is meant. */
  refuseBeyondDevelopment(sentence: string): void {
    if (this.production || (this.settings.cluster && this.settings.cluster.kind !== "existing"))
      this.refuseInProduction(sentence);
  }

  /** What is worth saying in production and is meant elsewhere. */
  warnInProduction(sentence: string): void {
    if (this.production) this.warnings.push(sentence);
  }
}
