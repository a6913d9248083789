import type { ConfigChange } from "../../review/comment/model";
import { type ForgeLimits, forges, type PullRequestReport } from "../../review/comment/model";
import { offlinePreview } from "../../review/plan";
import type { StackPreview } from "../../review/plan/model";
import { githubContext, type ReportContext, reportAbout, reportOf } from "./commentReports";
import { recordedPlan, stackConfig } from "./plan";

/** A comment that is rendered. */
export interface CommentSituation {
  readonly name: string;
  readonly report: () => PullRequestReport | Promise<PullRequestReport>;
  readonly forge: ForgeLimits;
  /** Whether it is the whole report and no comment. */
  readonly whole?: boolean;
}

/** Recordings of the CLI that are rendered as GitHub shows them, one comment each. */
export const githubSituations: readonly string[] = `
  administrator-new api-open api-open-refused api-public-gke certificate-kind component-removed drift drift-cloud
  drift-none env-variable everything-labelled first-up-dev first-up-prod first-up-prod-eks host-renamed hundreds
  image-change import injection injection-command kubernetes-version left-for-deletion limits log-level long-names
  long-values memory namespace-renamed nat-one nothing-dev nothing-prod nothing-short password-generation
  pending-operation pending-replacement policy-veto pool-machine-type pool-machine-type-eks pool-new pool-removed
  postgres-deleted postgres-deleted-protected postgres-disk-ignored postgres-major-version postgres-standby-off
  postgres-tier postgres-volume-larger program-throws protection-off protection-off-one provider-error
  provider-error-secret rds-class redis-larger-eks redis-replaced redis-replaced-protected region-moved replace-asked
  replicas-down replicas-up replicas-up-short schedule-new schedule-removed schedule-time secret-changed secret-from-plain secret-new
  secret-newly-secret service-node-port service-public settings-wrong stack-missing target-unknown targeted unicode
  workers-none
`
  .trim()
  .split(/\s+/);

const gitlab: Partial<ReportContext> = {
  commit: { ...githubContext.commit, url: `https://gitlab.com/acme/shop/-/commit/${githubContext.commit.sha}` },
  run: { url: "https://gitlab.com/acme/shop/-/pipelines/987654321" },
  repository: { url: "https://gitlab.com/acme/shop", form: "gitlab" },
};

const azure: Partial<ReportContext> = {
  commit: {
    ...githubContext.commit,
    url: `https://dev.azure.com/acme/shop/_git/shop/commit/${githubContext.commit.sha}`,
  },
  run: { url: "https://dev.azure.com/acme/shop/_build/results?buildId=7" },
  repository: { url: "https://dev.azure.com/acme/shop/_git/shop", form: "azure" },
};

/** Settings as they differ between base and commit. */
const configChanges: readonly ConfigChange[] = [
  { key: "switchboard:panel.replicas", kind: "change", secret: false, before: 2, after: 3 },
  { key: "switchboard:panel.adminPassword", kind: "change", secret: true, before: "old-one", after: "new-one" },
  { key: "switchboard:panel.variables.NOTE", kind: "add", secret: false, after: "@everyone | see <b>#1</b>" },
];

/** Those whose comments are kept whole: together they show every section, each forge, and what is cut how. */
export const wholeSituations: readonly string[] = `
  azure dangers-small drift-cloud first-up-prod gitlab hundreds-small import injection nothing-dev offline
  pending-operation pool-machine-type-eks postgres-deleted program-throws protection-off provider-error replicas-up
  service-node-port settings-differ settings-wrong stack-missing three-stacks two-stacks unicode whole-report
  without-links
`
  .trim()
  .split(/\s+/);

/** Everything that comments are rendered of. */
export function situations(): CommentSituation[] {
  const { github } = forges;
  const about =
    (names: readonly string[], context: Partial<ReportContext> = {}) =>
    () =>
      reportAbout(names, context);
  return [
    ...githubSituations.map((name) => ({ name, report: about([name]), forge: github })),
    { name: "two-stacks", report: about(["redis-replaced", "nothing-dev"]), forge: github },
    { name: "three-stacks", report: about(["memory", "settings-wrong", "drift"]), forge: github },
    {
      name: "settings-differ",
      report: about(["replicas-up"], { configChanges: { dev: configChanges, prod: configChanges } }),
      forge: github,
    },
    { name: "gitlab", report: about(["pool-machine-type-eks"], gitlab), forge: forges.gitlab },
    { name: "azure", report: about(["pool-machine-type-eks"], azure), forge: forges.azure },
    {
      name: "without-links",
      report: about(["pool-machine-type-eks"], {
        repository: undefined,
        run: undefined,
        base: undefined,
        commit: { sha: githubContext.commit.sha },
      }),
      forge: github,
    },
    { name: "hundreds-small", report: about(["hundreds"]), forge: { ...github, name: "a small forge", units: 8_000 } },
    {
      name: "dangers-small",
      report: about(["namespace-renamed"]),
      forge: { ...github, name: "a small forge", units: 10_000 },
    },
    { name: "whole-report", report: about(["schedule-new"]), forge: forges.summary, whole: true },
    {
      name: "offline",
      report: () => offlineOf("dev").then((preview) => reportOf([preview], githubContext)),
      forge: github,
    },
  ];
}

/** What a fork's pull request gets: the program alone, which asked nobody. */
async function offlineOf(stack: string): Promise<StackPreview> {
  const preview = offlinePreview(await recordedPlan(stackConfig(stack), { stack, preview: true }), stack);
  // Tags and names that are made of the sources of the apps: as in the recordings, they are the same for every source.
  const steady = JSON.stringify(preview)
    .replace(/((?:migrate|roles|retire)-)[0-9a-f]{10}(?![0-9a-f])/g, "$1b000000000")
    .replace(/src-[0-9a-f]{12}/g, "src-0123456789ab");
  return JSON.parse(steady) as StackPreview;
}
