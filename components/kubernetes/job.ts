import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Destination, EnvironmentVariable, MountedFiles } from "../contracts";
import { dnsLabel, shortHash, standardLabels } from "../naming";
import { refers } from "./configuration";
import { type PodArgs, podTemplate, releaseOf } from "./podTemplate";
import { podAccount } from "./serviceAccount";

/** What a Job is given. */
export interface JobArgs
  extends Omit<PodArgs, "serviceAccount" | "restartPolicy" | "probes" | "environmentFrom" | "ports" | "version"> {
  readonly namespace: pulumi.Input<string>;
  /** It is part of the pod, which cannot change: another one is another run. @default one of its own */
  readonly serviceAccount?: string | undefined;
  /** What makes this run another run: equal values run once. Image and command always count. */
  readonly runsOncePer?: readonly unknown[];
  /**
   * Whether it gives a server a state that another run changes. It then runs whenever the run before was another one, also
   * if it ran before that one: going back sets what was set before. @default false
   */
  readonly setsState?: boolean;
  /** Runs after which it runs again, if there are such in one `up`. @default none */
  readonly runsAgainWith?: readonly Job[];
  readonly connectsTo: readonly Destination[];
  readonly after?: readonly pulumi.Resource[];
  /**
   * Stored secrets that it takes whole, by the names that stay, if they are there: a first or another value in one of
   * them does not change the pod. @default none
   */
  readonly wholeSecrets?: readonly string[];
  /** How often it is tried again. @default 2 */
  readonly retries?: number;
  /** Seconds until it is given up, for which `up` waits. @default 300 */
  readonly deadlineSeconds?: number;
}

/**
 * A Job that runs once for an image and a command, whatever else changes, and that everything which depends on it waits
 * for. Both are in its name, so a new image is a new Job and the old one goes when the new one is done. What sets the
 * state of a server (`setsState`) is one resource instead, and the run before goes first.
 *
 * Nothing else is in its pod: plain variables come from a ConfigMap of its own and secrets by the names that stay, so a
 * changed setting or a rotated password does not run it again. A Job that failed is run again by the next `up`
 * (`replaceUnready`). There is no time to live: an object that vanishes by itself would be seen as drift and be run again.
 */
export class Job extends pulumi.ComponentResource {
  readonly job: batch.Job;
  readonly connections: readonly Connection[];

  constructor(prefix: string, args: JobArgs, opts: pulumi.ComponentResourceOptions) {
    // A sidecar is part of the pod, which cannot change: another one is another run. What runs may run again.
    const sidecars = (args.sidecars ?? []).map(({ image }) => image);
    // References are resolved in the pod alone, not in a ConfigMap: such a variable is part of the pod as well.
    const referring = (args.environment ?? []).filter(refers);
    const accounts = args.serviceAccount === undefined ? [] : [args.serviceAccount];
    const parts = [args.image, args.command, ...(args.runsOncePer ?? []), ...sidecars, ...accounts, ...referring];
    const { setsState = false } = args;
    // Salted, because stacks of earlier releases have Jobs under the other name, which go when this one is there.
    const run = dnsLabel(`${prefix}-${shortHash(...parts, ...(setsState ? ["sets state"] : []))}`);
    // One resource for all runs, so that each run knows the one before.
    const name = setsState ? dnsLabel(prefix) : run;
    super("switchboard:apps:Job", name, {}, opts);
    const { stage, image } = args;
    const labels = standardLabels(args.identity, releaseOf({ stage, image }));
    const metadata = { name, namespace: args.namespace, labels };

    const account = podAccount(name, { metadata, serviceAccount: args.serviceAccount }, { parent: this });
    const environment = (args.environment ?? []).filter((entry) => !refers(entry));
    const wholeSecrets = args.wholeSecrets ?? [];
    const plain = plainVariables(environment);
    const variables =
      Object.keys(plain).length > 0
        ? [new core.ConfigMap(`${name}-variables`, { metadata, data: pulumi.all(plain) }, { parent: this })]
        : [];
    this.job = new batch.Job(
      `${name}-job`,
      {
        metadata: { ...metadata, name: run, annotations: { "pulumi.com/replaceUnready": "true", ...patience(args) } },
        spec: {
          // Two more tries for a database that is just starting; a broken migration then fails within a minute.
          backoffLimit: args.retries ?? 2,
          activeDeadlineSeconds: args.deadlineSeconds ?? 300,
          template: podTemplate({
            ...args,
            // A name of a release is no other image, and must not run anything again.
            version: undefined,
            environment: [...environment.flatMap((entry) => lastingReference(entry, wholeSecrets)), ...referring],
            environmentFrom: [
              ...variables.map(() => ({ configMapRef: { name } })),
              ...wholeSecrets.map((secret) => ({ secretRef: { name: secret, optional: true } })),
            ],
            files: args.files?.map(lastingFiles),
            restartPolicy: "Never",
            serviceAccount: account.name,
          }),
        },
      },
      {
        parent: this,
        dependsOn: [...account.ready, ...variables, ...(args.after ?? [])],
        // An `up` that fails later would leave both, and the next one would take the former for done.
        ...(setsState && { deleteBeforeReplace: true }),
        replaceWith: (args.runsAgainWith ?? []).map(({ job }) => job),
      },
    );
    this.connections = args.connectsTo.map((to) => ({ from: args.identity, to }));
    this.registerOutputs({ job: this.job.metadata.name });
  }
}

/** The provider waits ten minutes by itself. */
function patience({ deadlineSeconds = 0 }: JobArgs): Record<string, string> {
  return deadlineSeconds < 540 ? {} : { "pulumi.com/timeoutSeconds": String(deadlineSeconds + 60) };
}

function plainVariables(environment: readonly EnvironmentVariable[]): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(environment.flatMap((entry) => ("value" in entry ? [[entry.name, entry.value]] : [])));
}

/** The variable with names that do not change with its value; none for what comes with a ConfigMap or Secret. */
function lastingReference(entry: EnvironmentVariable, wholeSecrets: readonly string[]): EnvironmentVariable[] {
  if ("value" in entry) return [];
  if ("podField" in entry) return [entry];
  if (wholeSecrets.includes(entry.secret.currentName)) return [];
  return [{ name: entry.name, secret: { ...entry.secret, secretName: entry.secret.currentName } }];
}

/** The files under a name that does not change with their content. */
function lastingFiles(files: MountedFiles): MountedFiles {
  const { currentName } = files.source;
  if (!currentName) return files;
  return { ...files, source: "secret" in files.source ? { secret: currentName } : { configMap: currentName } };
}
