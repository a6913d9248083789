import { appLayers, appSpecs, namesOwnApps, storesUsed } from "../apps";
import { withPresets } from "../apps/presets";
import { type SettingsContext, storedAs } from "../schema/context";
import { show } from "../schema/fields";
import { isGiven, mapIn } from "../schema/mapIn";
import { proposal } from "../schema/nearest";
import { keyName, sentences } from "../schema/report";
import { crossChecks } from "./checks";
import { type Layer, layerSchemas, type ParsedLayers } from "./layers";
import { clearSecrets, misplacedSecrets, withUnknownAsSecret } from "./secrecy";
import { unquotedDates } from "./unquoted";

/** Everything that is wrong with a stack's settings, found before anything was registered. */
export class SettingsError extends Error {
  /** One sentence for each error, in the order of the layers. */
  readonly problems: readonly string[];

  constructor(stack: string, problems: readonly string[]) {
    const count = problems.length === 1 ? "1 setting is" : `${problems.length} settings are`;
    super(
      [`${count} wrong in stack ${stack}; nothing was changed.`, ...problems.map((problem) => `  ${problem}`)].join(
        "\n",
      ),
    );
    this.name = "SettingsError";
    this.problems = problems;
  }
}

/** The settings before their secrets are sealed, with what is worth saying about them. */
export interface ParsedSettings extends ParsedLayers {
  readonly stack: string;
  readonly project: string;
  /** Settings that are allowed and that a person may not have meant. */
  readonly warnings: readonly string[];
}

/** Names made of project and stack get up to ten characters more and must fit the 63 of a DNS label. */
const longestStackName = 53;

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html; the alias of the key takes no more. */
const eksName = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/**
 * Checks a stack's settings as they are written, layer by layer, and then what lies between them.
 *
 * @param given the value of every `<project>:<layer>` key
 * @throws SettingsError with every error at once
 */
export function parseSettings(given: Readonly<Record<string, unknown>>, context: SettingsContext): ParsedSettings {
  const raw = Object.hasOwn(given, "apps") ? { ...given, apps: withPresets(given.apps) } : given;
  const problems: string[] = [...nameProblems(raw, context)];
  const parsed: Partial<Record<Layer, unknown>> = {};
  const schemas = layerSchemas(context, raw);
  const layers = Object.keys(schemas) as Layer[];
  const strays = strayLayers(raw, layers, context);
  problems.push(...strays.values());
  for (const key of Object.keys(raw).filter((key) => !Object.hasOwn(schemas, key))) {
    problems.push(`${keyName([key])}: unknown key; ${proposal(key, layers)}`);
  }
  const stores = unusedStores(raw);
  const without = [...(namesOwnApps(raw) ? [] : ownLayers), ...stores];
  const unused = stores.filter((store) => isGiven(raw[store]));
  for (const layer of layers.filter((one) => !strays.has(one) && !without.includes(one))) {
    const value = Object.hasOwn(raw, layer) ? raw[layer] : {};
    const result = schemas[layer].safeParse(value, { reportInput: true });
    if (result.success) parsed[layer] = result.data;
    // These say more than the schema does of the same value.
    const better = [...unquotedDates(value, [layer], context), ...misplacedSecrets(layer, parsed[layer], context)];
    const found = result.success ? [] : sentences(layer, result.error.issues, value, schemas[layer], context);
    problems.push(...better, ...found.filter((one) => !isAbout(one, better)));
    problems.push(...clearSecrets(layer, parsed[layer], value, context));
  }
  problems.push(...unencrypted(raw, context));
  const found = crossChecks(parsed as Partial<ParsedLayers>, context.now);
  problems.push(...found.errors);
  if (problems.length > 0) throw new SettingsError(context.stack, [...new Set(problems)]);
  const owners = appSpecs(parsed as ParsedLayers).flatMap(({ variables }) => variables);
  const whole = owners.reduce(
    (layers, { path }) => changedAt(layers, path, (app) => withUnknownAsSecret(path, app as never, given, context)),
    parsed as ParsedLayers,
  );
  const warnings = [...found.warnings, ...unused.map(unusedWarning)];
  return { ...whole, stack: context.stack, project: context.project, warnings };
}

/** The stores that no app of the stack uses. */
function unusedStores(raw: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(storesUsed(raw)).flatMap(([store, isUsed]) => (isUsed ? [] : [store]));
}

const unusedWarning = (store: string) =>
  `${store}: no app uses it, so it is not created; give an app uses.${store}: true, or remove it`;

/** The layers of the apps with code of their own. */
const ownLayers: readonly string[] = Object.keys(appLayers).filter((layer) => layer !== "apps");

/** A value with what is at a path changed. */
function changedAt<T>(value: T, [key, ...rest]: readonly string[], change: (there: unknown) => unknown): T {
  if (key === undefined) return change(value) as T;
  return { ...value, [key]: changedAt((value as Record<string, unknown>)[key], rest, change) };
}

/** Whether a problem is of a value that has a better sentence already. */
function isAbout(problem: string, others: readonly string[]): boolean {
  const key = /^[^:]*: /.exec(problem)?.[0];
  return key !== undefined && others.some((other) => other.startsWith(key));
}

/** What this program's packages are configured by: a key of theirs may be called like a layer (`kubernetes:cluster`). */
const packages = ["aws", "gcp", "kubernetes", "pulumi", "random", "tls"];

/** Layers that stand under another project's name, and not under this one's, each with what to do. */
function strayLayers(raw: Readonly<Record<string, unknown>>, layers: readonly Layer[], context: SettingsContext) {
  const found = (context.others ?? []).flatMap((key): [Layer, string][] => {
    const [project = "", name = ""] = key.split(":");
    const layer = layers.find((one) => one === name);
    if (!layer || packages.includes(project) || isGiven(raw[layer])) return [];
    const todo = `this project is called ${context.project} (Pulumi.yaml), so write it as ${context.project}:${layer}`;
    return [[layer, `${key}: is of another project; ${todo}`]];
  });
  return new Map(found);
}

/** What is wrong with the names that project and stack give to what stands outside the namespace. */
function nameProblems(raw: Readonly<Record<string, unknown>>, { stack, project }: SettingsContext): string[] {
  const given = mapIn(raw.operations).name;
  const name = typeof given === "string" ? given : stack;
  const whose = typeof given === "string" ? show(name) : `the stack's name ${show(name)}`;
  const most = longestStackName - project.length - 1;
  if (most < 1) {
    const called = `the project's name ${show(project)} has ${project.length} characters, and names are made of it`;
    return [`Pulumi.yaml: ${called}; use at most ${longestStackName - 2}`];
  }
  const problems: string[] = [];
  if (name.length > most) {
    const todo =
      typeof given === "string" ? `use at most ${most}` : `give them another of at most ${most}, which may be any`;
    problems.push(`operations.name: ${whose} has ${name.length} characters, and names are made of it; ${todo}`);
  }
  if (mapIn(raw.cluster).kind !== "eks") return problems;
  const part = 'is a part of the EKS cluster\'s name; use letters, digits, "-" and "_"';
  if (!eksName.test(project))
    problems.push(`Pulumi.yaml: the project's name ${show(project)} ${part}, a letter or digit first`);
  if (name.includes(".")) problems.push(`operations.name: ${whose} ${part}`);
  return problems;
}

/** Secrets that are written in clear in the stack's file. */
function unencrypted(raw: Readonly<Record<string, unknown>>, context: SettingsContext): string[] {
  const ofApps = Object.keys(appLayers).flatMap((layer) => secretMaps(raw[layer], [layer]));
  const passwords = Object.entries(mapIn(mapIn(raw.operations).registries)).flatMap(([name, registry]) =>
    mapIn(registry).password === undefined ? [] : [["operations", "registries", name, "password"]],
  );
  const key = mapIn(mapIn(raw.edge).certificate).key;
  const keys = typeof key === "string" ? [["edge", "certificate", "key"]] : [];
  return [...ofApps, ...passwords, ...keys]
    .filter((path) => storedAs(context, path) === "plain")
    .map(keyName)
    .map(
      (key) =>
        `${key}: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path ${key}`,
    );
}

/** The paths of all values in maps whose values are secrets. */
function secretMaps(value: unknown, path: (string | number)[]): (string | number)[][] {
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(mapIn(value));
  return entries.flatMap(([key, entry]) =>
    key === "secretEnv" || key === "basicAuth" || isFiles(path, key)
      ? Object.entries(mapIn(entry)).flatMap(([name, given]) =>
          key !== "files"
            ? [[...path, key, name]]
            : mapIn(given).secret === undefined
              ? []
              : [[...path, key, name, "secret"]],
        )
      : secretMaps(entry, [...path, key]),
  );
}

/** Whether a key has the files of an app; a sidecar has the paths of some. */
function isFiles(path: readonly (string | number)[], key: string | number): boolean {
  return key === "files" && path.length === 2;
}
