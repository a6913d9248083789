import { isMap, parseDocument } from "yaml";
import { projectName } from "../../engine/stack/project";
import { UserError } from "../../lib/userError";
import { namedHosts, reviewHosts, reviewImages } from "./reviewHosts";

/** What is a pull request's own in its review stack. */
export interface ReviewSettings {
  /** Number of the pull request. */
  readonly number: number;
  /** Domain whose hosts lead to the cluster: `review.acme.example` gives `panel-pr-7.review.acme.example`. */
  readonly domain: string;
  /** Registry that the images are pushed to, with its path: `europe-docker.pkg.dev/acme/review`. */
  readonly registry: string;
}

/** Name of a pull request's review stack. */
export function reviewStackName(number: number): string {
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new UserError(`${number} is no number of a pull request`, "give a whole number from 1");
  }
  return `pr-${number}`;
}

/** The number of the pull request that a stack is for; undefined for every stack that is no review stack. */
export function reviewNumber(stack: string): number | undefined {
  // A stack of a shared backend may be called `organization/project/pr-7`.
  const [, number] = /(?:^|\/)pr-([1-9]\d{0,9})$/.exec(stack) ?? [];
  return number ? Number(number) : undefined;
}

/**
 * The text of `Pulumi.pr-<number>.yaml`, made of `.ci/review.yaml`. Comments and the order of keys stay.
 * @throws UserError when a value cannot be one, or the template lacks what has to be changed
 */
export function reviewStackFile(template: string, { number, domain, registry }: ReviewSettings): string {
  const stack = reviewStackName(number);
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(domain)) {
    throw new UserError(
      `REVIEW_DOMAIN: ${JSON.stringify(domain)} is no domain`,
      "give one whose hosts lead to the review cluster, as review.acme.example",
    );
  }
  if (!/^[a-z0-9][a-z0-9.:-]*(\/[a-z0-9._-]+)*$/.test(registry)) {
    throw new UserError(
      `REGISTRY: ${JSON.stringify(registry)} is no registry`,
      "give it as registry.acme.example/review",
    );
  }
  const document = parseDocument(template);
  const project = projectName();
  const set = (path: readonly (string | number)[], change: (old: string) => string) => {
    const old = document.getIn(["config", ...path]);
    if (typeof old !== "string") {
      throw new UserError(`.ci/review.yaml: ${path.join(".")} is not there`, "give it; each review stack gets its own");
    }
    document.setIn(["config", ...path], change(old));
  };
  set([`${project}:cluster`, "namespace"], () => `switchboard-${stack}`);
  const { config } = document.toJS() as { readonly config: unknown };
  const hosts = namedHosts(config, project);
  if (hosts.length === 0) {
    throw new UserError(
      ".ci/review.yaml names no public host",
      "give an app a route; each review stack gets its own host",
    );
  }
  const own = reviewHosts(hosts, stack, domain);
  for (const { path } of hosts) set(path, (old) => own.get(old)!);
  for (const path of reviewImages(config)) set(path, (old) => old.replace(/^REGISTRY(?=\/)/, registry));
  const operations = document.getIn(["config", `${project}:operations`]);
  if (!isMap(operations) || operations.get("protect") !== false) {
    throw new UserError(".ci/review.yaml: operations.protect must be false", "a review stack has to be removable");
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * The lines of a stack's file that say how its secrets are encrypted, from its exported state. A file that is made anew
 * has lost them, and without them the CLI would take another key.
 */
export function keyLines(exported: unknown): string {
  const { deployment } = (exported ?? {}) as {
    deployment?: { secrets_providers?: { type?: string; state?: unknown } };
  };
  const { salt, url, encryptedkey } = (deployment?.secrets_providers?.state ?? {}) as Record<string, unknown>;
  const named = { encryptionsalt: salt, secretsprovider: url, encryptedkey };
  return Object.entries(named)
    .flatMap(([key, value]) => (typeof value === "string" && value ? [`${key}: ${JSON.stringify(value)}\n`] : []))
    .join("");
}

/** A review stack that is there. */
export interface LeftOver {
  readonly stack: string;
  readonly number: number;
  /** When it was brought up last; undefined when that never ended. */
  readonly updated?: Date;
}

/** Review stacks that should go, with the reason: nobody wants them any more, or they were not touched for too long. */
export function sweepOf(
  stacks: readonly LeftOver[],
  wanted: (number: number) => boolean,
  now: Date,
  days: number,
): readonly (LeftOver & { readonly why: string })[] {
  return stacks.flatMap((one) => {
    if (!wanted(one.number)) return [{ ...one, why: `pull request #${one.number} is closed or has no label review` }];
    const age = one.updated && (now.getTime() - one.updated.getTime()) / 86_400_000;
    if (age !== undefined && age > days) return [{ ...one, why: `not brought up for ${Math.floor(age)} days` }];
    return [];
  });
}
