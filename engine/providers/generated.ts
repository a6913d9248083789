import { changes } from "./changes";
import { type Difference, type Failure, type Provider, ResourceError } from "./provider";
import { equal, hasUnknown, type Properties, reveal, secret, secretLike, unknown, type Value } from "./values";

/**
 * A kind of resource that exists only in the state: its outputs are computed once from its inputs (a password, a
 * key, a certificate). Any changed input makes a new one, unless the kind says otherwise.
 */
export interface GeneratedKind {
  /** The inputs that are served; any other may be given with its default alone. */
  readonly inputs: readonly string[];
  /** What an input is when the program leaves it out. */
  readonly defaults?: Properties;
  /** Names of the computed outputs. */
  readonly computed: readonly string[];
  /** Which outputs are secrets, whatever the inputs were. */
  readonly secrets?: readonly string[];
  /** What is wrong with the inputs, defaults included. Called only when all of them are known. */
  check?(inputs: Properties): Failure[];
  /** Makes one. The inputs are plain values, defaults included. */
  make(inputs: Properties): { id: string; outputs: Properties } | Promise<{ id: string; outputs: Properties }>;
  /** Inputs whose change is no reason for a new one. */
  readonly inPlace?: readonly string[];
  /** Outputs that depend on the clock or on an `inPlace` input, computed anew at every read and update. */
  refresh?(inputs: Properties, outputs: Properties): Properties;
  /** The output that calls for a new one by itself, such as a certificate's `readyForRenewal`. */
  expired?(inputs: Properties, outputs: Properties): string | undefined;
}

/** What a person is told who asks for more than this program does. */
export function leftToOfficial(name: string): string {
  return `the local ${name} plugin does not do this; the official one does, which is used where the Pulumi CLI is installed`;
}

/** A provider of generated kinds, by type token. */
export function generatedProvider(
  name: string,
  version: string,
  kinds: { readonly [type: string]: GeneratedKind },
): Provider {
  const kindOf = (type: string): GeneratedKind => {
    const kind = kinds[type];
    if (kind) return kind;
    const known = Object.keys(kinds).map((token) => token.split(":").at(-1));
    throw new ResourceError(`${type}: ${leftToOfficial(name)}; this one makes ${known.join(", ")}`);
  };
  const notServed = ({ inputs, defaults }: GeneratedKind, given: Properties): Failure[] =>
    Object.keys(given)
      .filter((key) => !inputs.includes(key) && !equal(given[key], defaults?.[key]))
      .map((property) => ({ property, reason: leftToOfficial(name) }));
  const withDefaults = (kind: GeneratedKind, inputs: Properties): Properties => ({
    ...kind.defaults,
    ...Object.fromEntries(Object.entries(reveal(inputs)).filter(([, value]) => value !== null)),
  });
  const marked = (kind: GeneratedKind, inputs: Properties, outputs: Properties): Properties =>
    Object.fromEntries(
      Object.entries(outputs).map(([key, value]) => [
        key,
        kind.secrets?.includes(key) ? secret(value) : secretLike(value, inputs[key]),
      ]),
    );

  return {
    name,
    version,
    async check({ type, news }) {
      const kind = kindOf(type);
      const plain = withDefaults(kind, news);
      const wrong = hasUnknown(plain) ? [] : (kind.check?.(plain) ?? []);
      return { inputs: news, failures: [...notServed(kind, plain), ...wrong] };
    },

    async diff({ type, oldInputs, newInputs, oldOutputs }): Promise<Difference> {
      const kind = kindOf(type);
      const properties = new Map(
        [...changes(oldInputs, newInputs)].map(([path, change]) => {
          const top = /^[^.[]+/.exec(path)?.[0] ?? path;
          const same = equal(withDefaults(kind, oldInputs)[top], withDefaults(kind, newInputs)[top]);
          return [path, { kind: change, replace: !same && !(kind.inPlace ?? []).includes(top) }] as const;
        }),
      );
      const plain = withDefaults(kind, newInputs);
      const expired = hasUnknown(plain) ? undefined : kind.expired?.(plain, reveal(oldOutputs));
      if (expired) properties.set(expired, { kind: "update", replace: true });
      return { properties };
    },

    async create({ type, inputs, preview }) {
      const kind = kindOf(type);
      const plain = withDefaults(kind, inputs);
      if (preview) {
        const later = Object.fromEntries(kind.computed.map((output): [string, Value] => [output, unknown]));
        return { id: "", outputs: marked(kind, inputs, { ...plain, ...later }) };
      }
      const { id, outputs } = await kind.make(plain);
      return { id, outputs: marked(kind, inputs, { ...plain, ...outputs }) };
    },

    async read({ type, urn, id, inputs, outputs }) {
      const kind = kindOf(type);
      if (Object.keys(outputs).length === 0) {
        throw new ResourceError(`${urn}: the local ${name} plugin cannot import a resource; let the program make it`);
      }
      const fresh = kind.refresh?.(withDefaults(kind, inputs), reveal(outputs)) ?? {};
      return { id, inputs, outputs: { ...outputs, ...fresh } };
    },

    async update({ type, inputs, oldOutputs }) {
      const kind = kindOf(type);
      const plain = withDefaults(kind, inputs);
      const outputs = { ...reveal(oldOutputs), ...plain };
      return { outputs: marked(kind, inputs, { ...outputs, ...kind.refresh?.(plain, outputs) }) };
    },

    async delete() {},
  };
}
