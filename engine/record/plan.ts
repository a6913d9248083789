/** One resource as the program registered it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for a child of the stack. */
  readonly parent: string;
  readonly custom: boolean;
  /** `urn::id` of the provider; empty for components and for the default provider. */
  readonly provider: string;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
  /** URN of what it dies with, its own or its parent's; empty for none. */
  readonly deletedWith: string;
  readonly replaceWith: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly unknown[];
  /** Names of the hooks that look at its changes. */
  readonly hooks: readonly string[];
  /** How many were registered before it: the order in which the program made them. */
  readonly order: number;
  /** Inputs with secrets as `{ [secret]: value }`. */
  readonly inputs: any;
}

/** A resource that the program looks up and does not make (`Resource.get`). */
export interface Reading {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly id: string;
}

/** What a run of the program registered and returned. */
export interface Plan {
  /** In the order of their URNs. */
  readonly registrations: readonly Registration[];
  readonly reads: readonly Reading[];
  /** What the program warned of. */
  readonly warnings: readonly string[];
  readonly outputs: any;
  of(type: string): Registration[];
  named(type: string, name: string): Registration;
}

/** What was recorded, with the questions that are asked of it. */
export function planWith(recorded: Omit<Plan, "of" | "named">): Plan {
  const { registrations } = recorded;
  return {
    ...recorded,
    of: (type) => registrations.filter((registration) => registration.type === type),
    named(type, name) {
      const found = registrations.filter((entry) => entry.type === type && entry.name === name);
      if (found.length !== 1) throw new Error(`${found.length} resources ${type} named ${name}`);
      return found[0]!;
    },
  };
}
