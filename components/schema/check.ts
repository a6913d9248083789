/** What lies between settings. A layer that is wrong in itself is absent. `now` is the time to judge dates by. */
export type Check<Layers> = (settings: Layers, found: Findings, now: Date) => void;

/** Of the settings, what decides how strict the checks are. */
interface Strictness {
  readonly operations?: { readonly protect: boolean };
  readonly cluster?: { readonly kind: string };
}

/** What the checks have found, as sentences `<key>: <what is wrong>; <what to do>`. */
export class Findings {
  readonly errors: string[] = [];
  readonly warnings: string[] = [];

  constructor(private readonly settings: Strictness) {}

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
