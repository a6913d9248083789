import type { ClusterProblem, Run, StateEntry } from "../../shared/deployed";
import { clusterType } from "../facts/cluster";
import { nodePoolType } from "../facts/nodePool";

/** A cluster of a stack at Google Cloud, and the pools that the stack has made. */
export interface GkeIdentity {
  readonly name: string;
  readonly region: string;
  readonly project: string;
  readonly pools: readonly string[];
}

/** What GKE says of it (https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#status). */
export interface GkeCondition {
  readonly status: string;
  readonly statusMessage?: string;
  readonly nodePools: readonly { readonly name: string; readonly status?: string; readonly statusMessage?: string }[];
}

/** The cluster in a stack's state; undefined in any other stack. */
export function gkeIdentity(resources: readonly StateEntry[]): GkeIdentity | undefined {
  const cluster = resources.find(({ type, delete: goes }) => type === clusterType && !goes);
  const { name, location, project } = { ...cluster?.inputs, ...cluster?.outputs };
  if (typeof name !== "string" || typeof location !== "string" || typeof project !== "string") return undefined;
  const pools = resources.flatMap(({ type, inputs, outputs }) => {
    const pool = { ...inputs, ...outputs }.name;
    return type === nodePoolType && typeof pool === "string" ? [pool] : [];
  });
  return { name, region: location, project, pools };
}

/**
 * Asks GKE for the cluster and its pools: no property of the provider's resource tells whether its creation came to its
 * end, so neither a preview nor `drift` shows it (https://github.com/pulumi/pulumi-gcp/issues/2700).
 *
 * @returns undefined where gcloud is not there or may not look: nothing is known then
 */
export async function lookAtGke(identity: GkeIdentity, run: Run): Promise<GkeCondition | undefined> {
  try {
    return JSON.parse(await run("gcloud", describing(identity))) as GkeCondition;
  } catch {
    return undefined;
  }
}

function describing({ name, region, project }: GkeIdentity): string[] {
  const fields = "json(status,statusMessage,nodePools[].name,nodePools[].status,nodePools[].statusMessage)";
  return ["container", "clusters", "describe", name, ...at({ region, project }), "--format", fields];
}

function at({ region, project }: Pick<GkeIdentity, "region" | "project">): string[] {
  return ["--region", region, "--project", project];
}

/** What is wrong with a cluster, each with what to do. */
export function gkeProblems(identity: GkeIdentity, condition: GkeCondition): ClusterProblem[] {
  const place = at(identity).join(" ");
  const { status, statusMessage, nodePools = [] } = condition;
  const own = new Set(identity.pools);
  return [
    ...clusterProblem(identity.name, status, statusMessage, place),
    ...nodePools.flatMap(({ name, status = "RUNNING", statusMessage: why }): ClusterProblem[] => {
      const because = why ? ` (${why})` : "";
      const problem = (severity: ClusterProblem["severity"], what: string) => [
        { severity, subject: `node pool ${name}`, what },
      ];
      if (!own.has(name)) {
        return problem(
          "warning",
          `is none of this stack's: ${name === "default-pool" ? "the creation of the cluster ended before it was removed" : "somebody made it"}, and it is paid for; ` +
            `gcloud container node-pools delete ${name} --cluster ${identity.name} ${place}`,
        );
      }
      if (status === "ERROR") {
        return problem(
          "down",
          `is in ERROR${because}; delete it with gcloud container node-pools delete ${name} --cluster ${identity.name} ${place}, then switchboard up --refresh`,
        );
      }
      return status === "RUNNING_WITH_ERROR" ? problem("degraded", `is RUNNING_WITH_ERROR${because}`) : [];
    }),
  ];
}

function clusterProblem(name: string, status: string, message: string | undefined, place: string): ClusterProblem[] {
  const subject = `cluster ${name}`;
  const because = message ? ` (${message})` : "";
  if (status === "ERROR") {
    return [
      {
        ...{ severity: "down", subject },
        what: `is in ERROR at Google${because}: its creation failed and is never ended; with nothing in it yet, gcloud container clusters delete ${name} ${place}, then switchboard up --refresh makes it anew`,
      },
    ];
  }
  if (status === "DEGRADED") return [{ severity: "degraded", subject, what: `is DEGRADED at Google${because}` }];
  return status === "RUNNING" || status === "RECONCILING"
    ? []
    : [{ severity: "warning", subject, what: `is ${status} at Google${because}; look again in some minutes` }];
}

/** Asks GKE whether the stack's cluster is whole; undefined where gcloud is not there or may not look. */
export async function clusterProblems(state: readonly StateEntry[], run: Run): Promise<ClusterProblem[] | undefined> {
  const identity = gkeIdentity(state);
  const condition = identity && (await lookAtGke(identity, run));
  return condition && gkeProblems(identity, condition);
}
