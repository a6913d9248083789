import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Given, Known, Question } from "../../../components/clouds/shared/newStack";
import type { SettingsContext } from "../../../components/schema/context";
import { problemOf } from "../../../components/schema/fields";
import { layersOf } from "../../../components/schema/stackFile";
import { parseLabel } from "../../../components/schema/values/words";
import { parseSettings, SettingsError } from "../../../components/settings/parse";
import { localContext } from "../../../engine/stack/localNodes";
import { projectName } from "../../../engine/stack/project";
import { parseStackFile } from "../../../engine/stack/stackFile";
import { assemble, changesOf } from "./assemble";
import { baseText } from "./base";
import { applying } from "./questions";

/** Where a new stack's file is checked. */
export interface Place {
  /** The repository's root. */
  readonly root: string;
  readonly kubeconfig?: string;
  readonly path: string;
  readonly now: Date;
  readonly known: Known;
}

/** Names are made of project, stack and stage: this leaves room for the longest of them (`operations.stage`). */
const longestName = 31;

/** What is wrong with a stack's name, before anything else is known of it. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  const problem = problemOf(() => parseLabel(name, longestName));
  if (problem) return problem;
  return taken.includes(name)
    ? `"${name}" exists already (Pulumi.${name}.yaml), and this command overwrites nothing; use another name`
    : undefined;
}

/** The problems and warnings of a stack's file, in the words of the program. */
export interface Verdict {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks the text of a stack's file with the program's own parser. */
export function checkText(text: string, { where, name = "new" }: Given, place: Place): Verdict {
  const { config, written } = parseStackFile(text, `Pulumi.${name}.yaml`);
  const raw = layersOf(config, projectName());
  return withKubeconfig(where === "local" ? localContext : undefined, place, (kubeconfig) => {
    const context: SettingsContext = {
      stack: name,
      project: projectName(),
      ...{ root: place.root, home: homedir(), path: place.path, now: place.now },
      ...(kubeconfig !== undefined && { kubeconfig }),
      secretLayers: new Set(),
      stored: { config, written },
    };
    try {
      return { problems: [], warnings: parseSettings(raw, context).warnings };
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return { problems: error.problems, warnings: [] };
    }
  });
}

/**
 * What is wrong with one answer, after the answers before it: the program's own sentences about the settings that it
 * decides, or that meet another one in them. Settings that were not asked about yet are those of the base, which is right in itself.
 */
export function answerProblem(question: Question, given: Given, place: Place): string | undefined {
  const { problems } = checkText(
    assemble(baseText(given, place.root), "#", changesOf(given, place.known)),
    given,
    place,
  );
  const asked = applying(given);
  const later = asked.slice(asked.indexOf(question) + 1).flatMap(({ settings }) => settings);
  const ofQuestion = problems.filter(
    (problem) =>
      (about(problem, question.settings) || question.settings.some((setting) => problem.includes(`${setting} `))) &&
      !about(problem, later),
  );
  return ofQuestion.length > 0 ? ofQuestion.map(withoutKey).join("\n  ") : undefined;
}

/** Whether a problem is about one of these settings, or something in it. */
function about(problem: string, settings: readonly string[]): boolean {
  const key = /^[^:]+/.exec(problem)![0];
  return settings.some((setting) => key === setting || key.startsWith(`${setting}.`) || key.startsWith(`${setting}[`));
}

/** The person sees the question, not the key. */
function withoutKey(problem: string): string {
  return problem.replace(/^[^:]+: /, "");
}

/** The local nodes' kubeconfig is there only when they are: a stack for them is checked against one that names them. */
function withKubeconfig<T>(context: string | undefined, place: Place, check: (kubeconfig?: string) => T): T {
  if (context === undefined) return check(place.kubeconfig);
  const folder = mkdtempSync(join(tmpdir(), "switchboard-new-stack-"));
  try {
    const file = join(folder, "kubeconfig");
    const named = [{ name: context, cluster: { server: "https://127.0.0.1:6443" } }];
    const contexts = [{ name: context, context: { cluster: context } }];
    writeFileSync(file, stringify({ apiVersion: "v1", kind: "Config", clusters: named, contexts }));
    return check(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
