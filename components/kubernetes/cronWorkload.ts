import * as batch from "@pulumi/kubernetes/batch/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Destination } from "../contracts";
import { standardLabels } from "../naming";
import { type PodArgs, podTemplate, releaseOf } from "./podTemplate";
import { podAccount } from "./serviceAccount";

/** What a scheduled job is given. */
export interface CronWorkloadArgs extends Omit<PodArgs, "serviceAccount" | "restartPolicy" | "probes" | "ports"> {
  readonly namespace: pulumi.Input<string>;
  /** @default one of its own */
  readonly serviceAccount?: string | undefined;
  /** Five-field cron expression. */
  readonly cron: string;
  /** IANA time zone. */
  readonly timeZone: string;
  readonly connectsTo: readonly Destination[];
  readonly after?: readonly pulumi.Resource[];
  /** Seconds until one run is given up. @default 600 */
  readonly deadlineSeconds?: number;
  /** Seconds for which a run that has ended is kept, with its log and its volumes. @default a day */
  readonly keptSeconds?: number;
}

/**
 * A command on a schedule that never overlaps itself, that starts late rather than not at all (within five minutes of
 * its time, also after the control plane was away), and whose runs do not pile up: three of the last good ones and one
 * failed one are kept, for a day at most by default.
 */
export class CronWorkload extends pulumi.ComponentResource {
  readonly connections: readonly Connection[];

  constructor(name: string, args: CronWorkloadArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Schedule", name, {}, opts);
    const metadata = { name, namespace: args.namespace, labels: standardLabels(args.identity, releaseOf(args)) };
    const account = podAccount(name, { metadata, serviceAccount: args.serviceAccount }, { parent: this });
    new batch.CronJob(
      `${name}-cron`,
      {
        metadata,
        spec: {
          schedule: args.cron,
          timeZone: args.timeZone,
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: 300,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 1,
          jobTemplate: {
            metadata: { labels: metadata.labels },
            spec: {
              backoffLimit: 2,
              activeDeadlineSeconds: args.deadlineSeconds ?? 600,
              ttlSecondsAfterFinished: args.keptSeconds ?? 86_400,
              template: podTemplate({ ...args, restartPolicy: "Never", serviceAccount: account.name }),
            },
          },
        },
      },
      { parent: this, dependsOn: [...account.ready, ...(args.after ?? [])] },
    );
    this.connections = args.connectsTo.map((to) => ({ from: args.identity, to }));
    this.registerOutputs();
  }
}
