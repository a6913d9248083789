import { type Answer, type Finding, unclear, type World } from "./model";

/** What a command printed as JSON, or why that cannot be known. */
export type Asked<T> = { readonly value: T } | { readonly finding: Finding };

/** What was answered; undefined where nobody was asked, or it cannot be known. */
export function answerOf<T>(asked: Asked<T> | undefined): T | undefined {
  return asked && "value" in asked ? asked.value : undefined;
}

/**
 * Runs a command that prints JSON.
 * @param what what it is asked for, to name it when it cannot be had
 */
export async function ask<T>(
  world: Pick<World, "run">,
  what: string,
  program: string,
  ...args: readonly string[]
): Promise<Asked<T>> {
  const answer = await world.run(program, ...args);
  if (answer.exitCode === 0) {
    try {
      return { value: JSON.parse(answer.stdout) as T };
    } catch {
      return {
        finding: unclear(`${what}: ${program} did not print JSON`, `look yourself: ${program} ${args.join(" ")}`),
      };
    }
  }
  return { finding: unclear(`${what}: ${complaint(program, answer)}`, remedy(program, args, answer)) };
}

/** A question to the AWS CLI in a region; otherwise as `ask`. */
export function aws<T>(
  world: Pick<World, "run">,
  region: string,
  what: string,
  ...args: readonly string[]
): Promise<Asked<T>> {
  return ask<T>(world, what, "aws", ...args, "--region", region, "--output", "json");
}

/** Why a command failed, in one line without what the CLI adds around it. */
export function complaint(program: string, { exitCode, stderr }: Answer): string {
  if (exitCode === undefined) return `${program} is not installed`;
  const lines = stderr.split("\n").map((line) => line.trim());
  const told =
    lines.find((line) => /error|denied|not found|refused|unable|no answer/i.test(line)) ?? lines.find(Boolean);
  return told ? told.slice(0, 300) : `${program} ended with exit code ${exitCode}`;
}

function remedy(program: string, args: readonly string[], { exitCode, stderr }: Answer): string {
  if (exitCode === undefined) return installing[program] ?? `install ${program}`;
  if (/expired|reauth|login|credentials|Unable to locate|UnrecognizedClient|InvalidClientTokenId/i.test(stderr)) {
    return program === "aws" ? "aws sso login, or choose a profile: AWS_PROFILE=…" : "gcloud auth login";
  }
  if (/denied|permission|forbidden|not authorized/i.test(stderr)) {
    return `ask for the right to read it (docs/production.md), or look with another account: ${program} ${args.join(" ")}`;
  }
  return `look yourself: ${program} ${args.join(" ")}`;
}

/** How programs are had. */
export const installing: Readonly<Record<string, string>> = {
  pulumi: "install the Pulumi CLI (https://www.pulumi.com/docs/install/)",
  kubectl: "install kubectl (https://kubernetes.io/docs/tasks/tools/)",
  gcloud: "install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install)",
  "gke-gcloud-auth-plugin": "gcloud components install gke-gcloud-auth-plugin",
  aws: "install the AWS CLI, version 2 (https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html)",
};
