/** What a stack on the local nodes is told of them: their context, their ports on loopback, their kubeconfig. */
import { join } from "node:path";
import { clusterState } from "../../lib/paths";

/** Name of the context in the kubeconfig, and what a stack names to use these nodes. */
export const localContext = "switchboard-local";

/** Ports on 127.0.0.1. */
export interface LocalPorts {
  /** Reaches the same port of a Service, for HTTPS. */
  readonly https: number;
  /** Reaches the same port of a Service, for HTTP. */
  readonly http: number;
}

/** The ports where a stack names none: those of the standards, out of the way of what needs root elsewhere. */
export const defaultPorts: LocalPorts = { https: 8443, http: 8080 };

/** Path of the administrator's kubeconfig. */
export const kubeconfigFile = join(clusterState, "kubeconfig");
