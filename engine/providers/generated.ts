import { changes } from "./changes";
import { type Difference, type Failure, type Provider, ResourceError } from "./provider";
import { equal, hasUnknown, type Properties, reveal, secret, secretLike, unknown, type Value } from "./values";

/**
 * A kind of resource that exists only in the state: its outputs are computed once from its inputs (a password, a
 * key, a certificate). Any changed input makes a new one, unless the kind says otherwise.
 */
export interface GeneratedKind {
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
    throw new ResourceError(`${type}: the local ${name} plugin does not make it; it makes ${known.join(", ")}`);
  };
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
      return { inputs: news, failures: hasUnknown(plain) ? [] : (kind.check?.(plain) ?? []) };
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
