import { type Cloud, cloudMaking } from "../../components/clouds";
import { layersIn } from "../../engine/stack/stackFile";

/** A stack as far as continuous integration needs to know it. */
export interface CiStack {
  readonly stack: string;
  /** Where its cluster is made; `none` is a cluster that is there already, which a pipeline previews offline only. */
  readonly cloud: Cloud | "none";
  /** Whether it protects what holds data (`operations.protect`): it is brought up with an approval only. */
  readonly production: boolean;
  /** Source folders of the images that it builds: `apps/panel`. */
  readonly sources: readonly string[];
}

/** What of the repository a change reaches. */
export interface Touched {
  /** Names, in the order of the stacks. */
  readonly stacks: readonly string[];
  /** For each stack the first file that touches it. */
  readonly why: Readonly<Record<string, string>>;
}

/** What a file decides: every stack, the stacks that build this source, one stack, or none. */
type Reach = "all" | "none" | { readonly stack: string } | { readonly source: string };

/**
 * Folders and files by what they decide, the first that fits. What fits none of them reaches all stacks: a preview too
 * many costs a minute, one too few costs an outage.
 */
const reaches: readonly (readonly [RegExp, (match: RegExpExecArray) => Reach])[] = [
  [/^Pulumi\.([\w.-]+)\.yaml$/, (match) => ({ stack: match[1]! })],
  // Tests and descriptions of an app are part of neither its image nor a stack's program.
  [/^apps\/[^/]+\/(test\/|README\.md$)/, () => "none"],
  [/^(apps\/[^/]+)\//, (match) => ({ source: match[1]! })],
  [/^(docs|test|\.github|\.ci|\.gitlab)\//, () => "none"],
  // The rules decide whether a preview passes.
  [/^review\/polic/, () => "all"],
  [/^(engine|sandbox|review|cli)\//, () => "none"],
  [/^[^/]+\.md$|^(LICENSE|\.gitignore|\.gitattributes|\.editorconfig|biome\.json|tsconfig\.json)$/, () => "none"],
];

/**
 * The stacks whose preview a change can alter.
 * @param files changed files, relative to the repository, with `/`; the old and the new name of what was renamed
 */
export function touchedStacks(files: readonly string[], stacks: readonly CiStack[]): Touched {
  const why: Record<string, string> = {};
  for (const file of files) {
    for (const { stack, sources } of stacks) {
      if (stack in why) continue;
      const reach = reachOf(file);
      const hit =
        reach === "all" ||
        (typeof reach === "object" && ("stack" in reach ? reach.stack === stack : sources.includes(reach.source)));
      if (hit) why[stack] = file;
    }
  }
  return { stacks: stacks.map(({ stack }) => stack).filter((stack) => stack in why), why };
}

function reachOf(file: string): Reach {
  for (const [pattern, reach] of reaches) {
    const match = pattern.exec(file);
    if (match) return reach(match);
  }
  return "all";
}

/**
 * Reads what continuous integration needs from the text of a `Pulumi.<stack>.yaml`.
 * @throws UserError when the CLI would not read it
 */
export function ciStack(stack: string, text: string): CiStack {
  const layers = layersIn(text, `Pulumi.${stack}.yaml`);
  const cluster = (layers.cluster ?? {}) as { kind?: string };
  const operations = (layers.operations ?? {}) as { protect?: unknown };
  return {
    stack,
    cloud: cloudMaking(cluster.kind) ?? "none",
    production: operations.protect === true,
    sources: sourcesOf(layers),
  };
}

/** Every `source` of an image, wherever in the settings it stands. */
function sourcesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  const own = entries.flatMap(([key, inner]) =>
    key === "source" && typeof inner === "string" && "repository" in value ? [inner.replace(/\/$/, "")] : [],
  );
  return [...new Set([...own, ...entries.flatMap(([, inner]) => sourcesOf(inner))])];
}
