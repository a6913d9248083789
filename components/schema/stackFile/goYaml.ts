import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  Scalar,
  type YAMLMap,
} from "yaml";
import { type GoValue, goFloat, resolveScalar, TagError } from "./goScalar";
import { goTimeText, rfc3339 } from "./goTime";

/** The text is none that the Pulumi CLI reads. */
export class UnreadableYaml extends Error {}

/** A value as the Pulumi CLI has it after it has read a file, before it writes it as JSON. */
export type GoTree = GoLeaf | readonly GoTree[] | GoMap;

/** A scalar with the text that was written. */
export class GoLeaf {
  constructor(
    readonly value: GoValue,
    readonly written: string,
  ) {}
}

/** A map; its keys may be of any kind. */
export class GoMap {
  readonly entries = new Map<string, { readonly key: GoValue; value: GoTree }>();
  /** @param ofTexts Go's `map[string]any`, where every key of the map's own is a text */
  constructor(readonly ofTexts: boolean) {}
}

/**
 * Reads the first document of a file as the Pulumi CLI does: with yaml.v3, where this project's own library would read
 * YAML 1.2.
 *
 * @returns undefined for a file without a value
 * @throws UnreadableYaml
 */
export function readGoYaml(text: string): GoTree | undefined {
  const shown = text.replace(/^\uFEFF/, "");
  const control = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(
    shown,
  );
  if (control) {
    const code = control[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    throw new UnreadableYaml(`line ${lineOf(shown, control.index)}: the character U+${code} is not allowed`);
  }
  // Everything is text to this library: what a text is for the CLI is decided here.
  const [document] = parseAllDocuments(shown, { schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  if (document === undefined || !("contents" in document)) return undefined;
  const [error] = document.errors;
  if (error) throw new UnreadableYaml(error.message.split("\n")[0]!.replace(/:$/, ""));
  if (!document.contents) return undefined;
  return new Decoder(document, shown).decode(document.contents as Node);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** The decoder of yaml.v3 (its decode.go) for a target without a type. */
class Decoder {
  private readonly open = new Set<Node>();
  private decoded = 0;
  private aliased = 0;

  constructor(
    private readonly document: Document,
    private readonly text: string,
  ) {}

  decode(node: Node | null): GoTree {
    this.count();
    if (isAlias(node)) return this.through(node, (target) => this.decode(target));
    if (isSeq(node)) return node.items.map((item) => this.decode(item as Node | null));
    if (isMap(node)) {
      const map = new GoMap(this.isOfTexts(node));
      this.fill(map, node);
      return map;
    }
    return this.leaf(node);
  }

  private leaf(node: Node | null): GoLeaf {
    if (!isScalar(node)) return new GoLeaf(null, "");
    const written = textOf(node);
    const [start = 0, end = 0] = node.range ?? [];
    // An escape of YAML 1.2 alone.
    if (node.type === Scalar.QUOTE_DOUBLE && /^(?:[^\\]|\\[^/])*\\\//.test(this.text.slice(start, end)))
      throw this.unreadable(node, "found unknown escape character");
    try {
      return new GoLeaf(resolveScalar(written, tagOf(node), isPlain(node)), written);
    } catch (error) {
      if (!(error instanceof TagError)) throw error;
      throw this.unreadable(node, error.message);
    }
  }

  /** Puts a map's own entries into a map, and then what is merged into it. @param taken keys that stay as they are */
  private fill(map: GoMap, node: YAMLMap, taken?: Set<string>): void {
    this.refuseTwice(node);
    let merged: Node | undefined;
    for (const { key, value } of node.items as { key: Node | null; value: Node | null }[]) {
      if (isMergeKey(key)) {
        merged = value ?? undefined;
        if (!merged) throw this.unreadable(node, "map merge requires map or sequence of maps as the value");
        continue;
      }
      const ownKey = this.key(key, map.ofTexts);
      if (ownKey === undefined) continue;
      const identity = identityOf(ownKey);
      if (taken?.has(identity)) continue;
      taken?.add(identity);
      map.entries.set(identity, { key: ownKey, value: this.decode(value) });
    }
    if (merged) this.merge(map, merged, taken ?? new Set(map.entries.keys()));
  }

  private merge(map: GoMap, node: Node, taken: Set<string>): void {
    const sources = isSeq(node) ? (node.items as Node[]) : [node];
    for (const source of sources) {
      if (isMap(source)) {
        this.fill(map, source, taken);
      } else if (isAlias(source)) {
        this.through(source, (target) => {
          if (!isMap(target)) throw this.unreadable(node, "map merge requires map or sequence of maps as the value");
          this.fill(map, target, taken);
        });
      } else {
        throw this.unreadable(node, "map merge requires map or sequence of maps as the value");
      }
    }
  }

  /** @returns undefined for an entry that yaml.v3 drops: one without a key, merged into a map of texts */
  private key(node: Node | null, asText: boolean): GoValue | undefined {
    if (isAlias(node)) return this.through(node, (target) => this.key(target, asText));
    if (node !== null && !isScalar(node)) throw this.unreadable(node, "a key must be one value");
    const { value, written } = this.leaf(node);
    if (!asText || typeof value === "string") return value;
    return value === null ? undefined : written;
  }

  private through<T>(alias: Alias, then: (target: Node) => T): T {
    const target = alias.resolve(this.document);
    if (!target) throw this.unreadable(alias, `unknown anchor '${alias.source}' referenced`);
    if (this.open.has(alias)) throw this.unreadable(alias, `anchor '${alias.source}' value contains itself`);
    this.open.add(alias);
    const before = this.depth++;
    const result = then(target);
    this.depth = before;
    this.open.delete(alias);
    return result;
  }

  private depth = 0;

  /** A small file may stand for a huge one: yaml.v3 gives up at the same ratio. */
  private count(): void {
    this.decoded++;
    if (this.depth > 0) this.aliased++;
    const ratio = this.decoded <= 400_000 ? 0.99 : Math.max(0.1, 0.99 - (0.89 * (this.decoded - 400_000)) / 3_600_000);
    if (this.aliased > 100 && this.decoded > 1000 && this.aliased / this.decoded > ratio)
      throw new UnreadableYaml("the document contains excessive aliasing");
  }

  private isOfTexts(node: YAMLMap): boolean {
    return (node.items as { key: Node | null }[]).every(({ key }) => {
      const target = isAlias(key) ? key.resolve(this.document) : key;
      if (isMergeKey(target)) return true;
      if (!isScalar(target) || (tagOf(target) ?? "!!str") !== "!!str") return false;
      return typeof this.leaf(target).value === "string";
    });
  }

  private refuseTwice(node: YAMLMap): void {
    const seen = new Set<string>();
    for (const { key } of node.items as { key: Node | null }[]) {
      const name = isAlias(key) ? `*${key.source}` : isScalar(key) || key === null ? `=${textOf(key)}` : "collection";
      if (seen.has(name)) throw this.unreadable(key ?? node, `the key ${name.slice(1)} is there twice`);
      seen.add(name);
    }
  }

  private unreadable(node: Node, message: string): UnreadableYaml {
    const at = node.range?.[0];
    return new UnreadableYaml(at === undefined ? message : `line ${lineOf(this.text, at)}: ${message}`);
  }
}

function textOf(node: Scalar | null): string {
  if (node === null) return "";
  return node.source ?? (typeof node.value === "string" ? node.value : "");
}

function isPlain({ type }: Scalar): boolean {
  return type === undefined || type === Scalar.PLAIN;
}

/** `!!int` of `tag:yaml.org,2002:int`; undefined for no tag and for the one that says nothing (`!`). */
function tagOf({ tag }: Scalar): string | undefined {
  if (!tag || tag === "!") return undefined;
  return tag.replace(/^tag:yaml\.org,2002:/, "!!");
}

/** In quotes too: the CLI writes what it has read, without these quotes, and reads that. */
function isMergeKey(node: unknown): boolean {
  return isScalar(node) && textOf(node) === "<<" && ["!!merge", "!!str", undefined].includes(tagOf(node));
}

/** Equal keys of a Go map have equal identities. */
function identityOf(key: GoValue): string {
  if (typeof key === "object" && key !== null) return `time:${rfc3339(key)}`;
  return `${typeof key}:${key}`;
}

/** A key as Go writes it into YAML. */
export function keyInYaml(key: GoValue): string {
  if (typeof key === "number") return goFloat(key);
  return typeof key === "object" && key !== null ? rfc3339(key) : String(key);
}

/** A key as Go prints it (`%v`), which is the name that it has for the program. */
export function keyName(key: GoValue): string {
  if (key === null) return "<nil>";
  if (typeof key === "number") return goFloat(key);
  return typeof key === "object" ? goTimeText(key) : String(key);
}
