import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { AppConfiguration } from "../../kubernetes/configuration";
import { Workload } from "../../kubernetes/workload";
import { egressConnections } from "../shared/egress";
import type { WorkersSettings } from "./settings";

const worker = { name: "panel", component: "worker" };

/** What the workers are given. */
export interface WorkersArgs {
  readonly settings: { workers: WorkersSettings };
  /** The panel's own configuration, as it is. */
  readonly configuration: AppConfiguration;
}

/**
 * The pods that do the panel's jobs: the panel's image and configuration with another command. A worker that is told
 * to stop finishes the job it has, which is why its grace period is the longest a job may take.
 */
export class Workers extends pulumi.ComponentResource {
  readonly connections: readonly Connection[];
  readonly rollout: Rollout;

  constructor(name: string, args: WorkersArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:apps:Workers", name, {}, opts);
    const settings = args.settings.workers;
    const alive = { exec: { command: ["node", "src/main.js", "alive"] }, timeoutSeconds: 10 };
    const workload = new Workload(
      name,
      {
        ...args.configuration,
        identity: worker,
        command: ["node", "src/main.js", "worker"],
        replicas: settings.replicas,
        resources: settings.resources,
        probes: {
          startup: { ...alive, periodSeconds: 3, failureThreshold: 40 },
          // Starts a Node.js each time, so it is asked rarely. Nobody sends traffic to a worker: no readiness.
          liveness: { ...alive, periodSeconds: 60, failureThreshold: 3 },
        },
        shutdownSeconds: settings.jobTimeoutSeconds,
      },
      { parent: this },
    );
    this.connections = [...workload.connections, ...egressConnections(worker, settings.egress)];
    this.rollout = workload.rollout;
    this.registerOutputs();
  }
}
