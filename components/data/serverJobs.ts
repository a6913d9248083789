import type * as pulumi from "@pulumi/pulumi";
import type { Connection, EnvironmentVariable, Place } from "../contracts";
import type { Rollout } from "../contracts/rollout";
import { Job, type JobArgs } from "../kubernetes/job";
import { longestWaitVariable, retireDeadlineSeconds } from "./untilUnused";

/** What all Jobs of a server have. */
export interface ServerJobsArgs
  extends Pick<JobArgs, "image" | "files" | "sidecars" | "resources" | "connectsTo" | "runsOncePer"> {
  readonly place: Place;
  /** The tier of their pods, as labels have it. */
  readonly tier: string;
  /** By which its client finds the server, as the administrator. */
  readonly environment: readonly EnvironmentVariable[];
  /** What must be there before the administrator can log in. */
  readonly ready: readonly pulumi.Resource[];
}

/** One of them. */
interface RunArgs extends Pick<JobArgs, "retries" | "deadlineSeconds" | "runsAgainWith"> {
  readonly script: string;
  /** What the script needs beside the way to the server, such as passwords. */
  readonly variables: readonly EnvironmentVariable[];
  readonly after: readonly pulumi.Resource[];
}

/** Jobs that run a script with a server's client as its administrator, whatever server it is. */
export class ServerJobs {
  readonly connections: Connection[] = [];
  readonly #runs: Job[] = [];

  /**
   * @param name the server's name, which every resource's name starts with
   * @param opts where the resources belong; `parent` is the server's component
   */
  constructor(
    private readonly name: string,
    private readonly args: ServerJobsArgs,
    private readonly opts: pulumi.ComponentResourceOptions,
  ) {}

  run(purpose: string, { script, variables, after, ...limits }: RunArgs): Job {
    const { place, tier, environment, ready, ...common } = this.args;
    const { namespace, stage, traits, imagePullSecrets } = place;
    const job = new Job(
      `${this.name}-${purpose}`,
      {
        ...{ namespace, stage, traits, imagePullSecrets, ...common, ...limits },
        identity: { name: tier, component: purpose },
        command: ["sh", "-c", script],
        setsState: true,
        environment: [...environment, ...variables],
        user: 999,
        after: [...ready, ...after],
      },
      this.opts,
    );
    this.connections.push(...job.connections);
    this.#runs.push(job);
    return job;
  }

  /**
   * Runs the script that ends log-ins of before, once these rollouts were called done, and again when any Job of this
   * server has. The longest time that it waits is a variable, so that another one is not another run.
   */
  retire(script: string, after: readonly Rollout[]): void {
    const longest = Math.max(...after.map(({ longestSeconds }) => longestSeconds));
    this.run("retire", {
      script,
      variables: [{ name: longestWaitVariable, value: String(longest) }],
      after: after.map(({ resource }) => resource),
      runsAgainWith: [...this.#runs],
      // It waits by itself as long as there is a reason to.
      retries: 0,
      deadlineSeconds: retireDeadlineSeconds,
    });
  }
}
