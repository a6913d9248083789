import type { CostChange } from "../cost/model";
import type { StackPreview } from "../plan/model";
import type { Finding } from "../policies/model";

/** A setting of the stack's file that differs between the base and the commit. */
export interface ConfigChange {
  /** `switchboard:postgres.storage` */
  readonly key: string;
  readonly kind: "add" | "change" | "remove";
  /** Secret settings are shown by their key alone, whatever stands in `before` and `after`. */
  readonly secret: boolean;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** All that is said about one stack. */
export interface StackReport {
  readonly preview: StackPreview;
  readonly findings: readonly Finding[];
  readonly cost?: CostChange;
  /** Mermaid source of the graph of changes, from `review/diagram`. */
  readonly diagram?: string;
  readonly configChanges?: readonly ConfigChange[];
}

/** What a pull request's comment is made of. Nothing is read from a clock, the environment or a disk. */
export interface PullRequestReport {
  readonly project: string;
  readonly stacks: readonly StackReport[];
  readonly commit: { readonly sha: string; readonly url?: string };
  /** What it was compared with: a branch's name, with its commit where that is known. */
  readonly base?: { readonly name: string; readonly sha?: string };
  /** The pipeline's run: where the whole report is, in its summary. */
  readonly run?: { readonly url: string };
  /** Where lines of code are linked to. Without it they are named, not linked. */
  readonly repository?: { readonly url: string; readonly form: "github" | "gitlab" | "azure" };
  /** Names and versions, in the order in which they are shown: `[["pulumi", "3.248.0"], ["node", "20.20.2"]]`. */
  readonly tools: readonly (readonly [name: string, version: string])[];
  /** When the run began, ISO 8601 in UTC. */
  readonly time: string;
  /** Milliseconds that the whole run took. */
  readonly duration?: number;
  /** Label by which danger may pass the pipeline's gate. Without it nothing is said about one. */
  readonly allowing?: string;
  /** Shows what is created as YAML too, if there is room. @default false */
  readonly showCreated?: boolean;
}

/** What a forge allows in a comment, and what of Markdown it draws. */
export interface ForgeLimits {
  readonly name: string;
  /** UTF-16 units, as JavaScript counts. */
  readonly units: number;
  /** UTF-8 bytes. */
  readonly bytes: number;
  /** Folds (`<details>`); without them the differences are left to the whole report. */
  readonly details: boolean;
  /** Blocks such as `> [!CAUTION]`. */
  readonly alerts: boolean;
  /** The longest Mermaid graph that is drawn, in characters; 0 where none is. */
  readonly mermaid: number;
}

/**
 * The forges, as data.
 *
 * - GitHub refuses comments of more than 65,536 characters; 60,000 leaves room for what a poster adds. Mermaid draws
 *   graphs of at most 50,000 characters (its `maxTextSize`).
 * - GitLab refuses notes of more than 1,000,000 characters and draws Mermaid up to 2,000 characters without a click
 *   for a page's sum of 5,000.
 * - Azure DevOps refuses comments of more than 150,000 characters, and knows neither alerts nor fenced Mermaid.
 * - A step summary of GitHub Actions holds 1 MiB.
 */
export const forges = {
  github: { name: "GitHub", units: 60_000, bytes: 200_000, details: true, alerts: true, mermaid: 12_000 },
  gitlab: { name: "GitLab", units: 990_000, bytes: 990_000, details: true, alerts: true, mermaid: 2_000 },
  azure: { name: "Azure DevOps", units: 145_000, bytes: 145_000, details: true, alerts: false, mermaid: 0 },
  summary: { name: "Step summary", units: 1_000_000, bytes: 1_000_000, details: true, alerts: true, mermaid: 12_000 },
} as const satisfies Record<string, ForgeLimits>;
