import { factsOf } from "../../components/facts";
import { secret, unknown } from "../../engine/resources/resource";
import { isReference, isSecretKey, withoutShapes } from "../../lib/masking";
import { spellingsOf } from "../../lib/masking/shapes/spellings";
import { visible } from "../../lib/masking/shapes/views";
import { identityOf, isObject, nameIn } from "./lists";

/** Two sides of one resource, masked. */
export interface MaskedPair {
  readonly before: unknown;
  readonly after: unknown;
}

/** What is known of the resource whose values are masked. */
export interface MaskContext {
  readonly type: string;
  /** Properties that the program or the provider calls secret (`additionalSecretOutputs`). */
  readonly secretProperties: ReadonlySet<string>;
}

/** Shorter ones are found in too much that is none. */
const shortest = 6;

/**
 * Masks values, and remembers what they were so that the same text is masked wherever else it stands: in another
 * resource, in a command line, in an error. First give it every pair of states, then take the texts.
 */
export class Redactor {
  readonly #known = new Set<string>();
  readonly #names: ReadonlySet<string>;
  #pattern: RegExp | undefined;

  /**
   * @param secrets texts that are secrets wherever they stand
   * @param names words that are not masked even where a secret is the same: names of the stack and of its resources
   */
  constructor(secrets: readonly string[] = [], names: Iterable<string> = []) {
    this.#names = new Set(names);
    for (const text of secrets) this.learn(text);
  }

  /**
   * Both sides of a resource. What is a secret on either side, by the engine's mark, by its key or by its shape, is
   * `[secret]` on both; elements of a list are compared with those of the same name.
   */
  pair(before: unknown, after: unknown, context: MaskContext): MaskedPair {
    const masker = new Masker(context, (text) => this.learn(text));
    return { before: masker.top(before, after), after: masker.top(after, before) };
  }

  /** A value without what was learnt. */
  cleared<T>(value: T): T {
    return this.#cleared(value) as T;
  }

  /** A text without anything that looks like a secret and without what was learnt, and without colours in either. */
  text(text: string): string {
    return withoutShapes(this.#withoutKnown(visible(text).text));
  }

  private learn(text: string): void {
    const trimmed = text.trim();
    if (trimmed.length < shortest || trimmed === secret || trimmed === unknown || this.#names.has(trimmed)) return;
    // A number or a word such as `production` is a value of many things.
    if (/^(true|false|null|disable|require|verify-full|\d{1,8})$/.test(trimmed)) return;
    for (const spelling of spellingsOf(trimmed)) this.#known.add(spelling);
    this.#pattern = undefined;
  }

  #cleared(value: unknown): unknown {
    if (typeof value === "string") return this.#withoutKnown(value);
    if (Array.isArray(value)) return value.map((entry) => this.#cleared(entry));
    if (!isObject(value)) return value;
    return objectOf(Object.entries(value).map(([key, entry]) => [key, this.#cleared(entry)]));
  }

  #withoutKnown(text: string): string {
    if (this.#known.size === 0 || text.length < shortest) return text;
    this.#pattern ??= new RegExp(
      [...this.#known]
        .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
        .map((known) => known.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join("|"),
      "g",
    );
    return text.replace(this.#pattern, secret);
  }
}

/** Goes down two values side by side. */
class Masker {
  constructor(
    private readonly context: MaskContext,
    private readonly learn: (text: string) => void,
  ) {}

  top(value: unknown, partner: unknown): unknown {
    if (!isObject(value)) return this.value(value, partner, "");
    return objectOf(
      Object.entries(value).map(([key, entry]) => {
        const other = isObject(partner) ? partner[key] : undefined;
        if (this.context.secretProperties.has(key)) return [key, this.whole(entry)];
        if (this.holdsSecrets(key)) return [key, this.contents(entry, other)];
        return [key, this.value(entry, other, key)];
      }),
    );
  }

  /** `data` and `stringData` of a Kubernetes Secret. */
  private holdsSecrets(key: string): boolean {
    return factsOf(this.context.type)?.secretMaps?.includes(key) === true;
  }

  /** Their keys are no secret, unless one side has no keys to compare with. */
  private contents(value: unknown, partner: unknown): unknown {
    if (!isObject(value) || (partner !== undefined && !isObject(partner))) return this.whole(value);
    return objectOf(Object.entries(value).map(([key, entry]) => [key, this.whole(entry, !isPublicKey(key))]));
  }

  /** A masked value; what it was is learnt. */
  private whole(value: unknown, learns = true): unknown {
    if (value === undefined || value === null || value === unknown) return value;
    if (learns) for (const text of textsIn(value)) this.learn(text);
    return secret;
  }

  private value(value: unknown, partner: unknown, key: string): unknown {
    if (value === undefined || value === null || value === unknown) return value;
    if (value === secret || partner === secret) return this.whole(value);
    if (typeof value === "string") return this.text(value, partner, key);
    if (Array.isArray(value)) return this.list(value, partner, key);
    if (!isObject(value)) return value;
    const other = isObject(partner) ? partner : {};
    return objectOf(
      Object.entries(value).map(([name, entry]) => [
        name,
        name === "value" && isFromSecret(other)
          ? this.whole(entry)
          : this.value(entry, Object.hasOwn(other, name) ? other[name] : undefined, effectiveKey(value, name)),
      ]),
    );
  }

  private text(value: string, partner: unknown, key: string): unknown {
    const named = isSecretKey(key) && value !== "" && !isReference(value);
    const partnerIsShape = typeof partner === "string" && withoutShapes(partner) === secret;
    if (named || partnerIsShape) return this.whole(value);
    const shown = withoutShapes(value);
    if (shown === secret) return this.whole(value);
    return shown;
  }

  private list(value: readonly unknown[], partner: unknown, key: string): unknown {
    if (!Array.isArray(partner)) return value.map((entry) => this.value(entry, undefined, key));
    const identity = identityOf(value, partner);
    if (identity) {
      const byName = new Map(partner.map((entry) => [nameIn(entry, identity), entry]));
      return value.map((entry) => this.value(entry, byName.get(nameIn(entry, identity)), key));
    }
    if (!hasSecret(value) && !hasSecret(partner)) {
      return value.map((entry, index) => this.value(entry, partner[index], key));
    }
    // Nobody can say which of the other side's elements the secret one was: those stay that both sides have in clear.
    const clear = new Set(partner.filter((entry) => !hasSecret(entry)).map((entry) => JSON.stringify(entry)));
    const pattern = patternOf([...value, ...partner]);
    return value.map((entry) =>
      clear.has(JSON.stringify(entry)) ? this.value(entry, entry, key) : this.value(entry, pattern, key),
    );
  }
}

/** An environment variable that is read from a Secret: what it is in clear on the other side is a secret as well. */
function isFromSecret({ valueFrom }: Readonly<Record<string, unknown>>): boolean {
  return isObject(valueFrom) && isObject(valueFrom.secretKeyRef);
}

/** An environment variable's value is what its name says. */
function effectiveKey(holder: Readonly<Record<string, unknown>>, key: string): string {
  if (key !== "value") return key;
  const name = holder.name ?? holder.key;
  return typeof name === "string" ? name : key;
}

/** Keys of a Secret's data that open nothing: what they hold must not vanish from everything else. */
function isPublicKey(key: string): boolean {
  return /^(user(name)?|host|port|database|dbname|ca\.crt|tls\.crt|type|url_?host)$/i.test(key);
}

/** One value that is `[secret]` wherever one of the values is. */
function patternOf(values: readonly unknown[]): unknown {
  const holders = values.filter(hasSecret);
  if (holders.length === 0) return undefined;
  if (holders.some((value) => value === secret)) return secret;
  const lists = holders.filter(Array.isArray) as unknown[][];
  if (lists.length > 0) return secret;
  const objects = holders.filter(isObject);
  const keys = [...new Set(objects.flatMap((value) => Object.keys(value)))];
  return objectOf(keys.map((key) => [key, patternOf(objects.map((value) => value[key]))]));
}

function hasSecret(value: unknown): boolean {
  if (value === secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && Object.values(value).some(hasSecret);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** An object of any keys, `__proto__` too. */
function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}
