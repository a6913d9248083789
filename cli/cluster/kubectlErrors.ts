import { UserError } from "../../lib/userError";
import { kubectlOf } from "./words";

/** Whose words they are, so that the advice fits. */
export interface Circumstances {
  readonly stack: string;
  readonly local: boolean;
  readonly context: string;
  readonly namespace: string;
  /** How a person calls kubectl on this cluster. @default `kubectl --context` with the context */
  readonly words?: string;
}

/** What is wrong with a call, as far as a script may want to tell it apart. */
export type Trouble =
  | "unreachable"
  | "unauthorized"
  | "forbidden"
  | "no namespace"
  | "not found"
  | "credentials"
  | "certificate"
  | "failed";

/** A call to the cluster that did not work, with what to do about it. */
export class ClusterError extends UserError {
  constructor(
    readonly trouble: Trouble,
    what: string,
    todo: string,
  ) {
    super(what, todo);
  }
}

/** Makes of what kubectl, or the API server through it, said on stderr an error that a person can act on. */
export function explainKubectl(stderr: string, at: Circumstances): ClusterError {
  const errorText = lastWords(stderr);
  const local = at.local;
  const where = local ? "the local nodes" : `context ${at.context}`;
  const [, user, verb, resource] =
    /User "([^"]*)" cannot (\S+) resource "([^"]*)"/.exec(stderr) ??
    /forbidden: (.*?) cannot (\S+) (\S+)/.exec(stderr) ??
    [];
  if (verb && resource) {
    return new ClusterError(
      "forbidden",
      `${where}: ${user || "this user"} may not ${verb} ${resource} in namespace ${at.namespace}`,
      `give this user the right (a Role with verb ${verb} on ${resource}), or use another user for context ${at.context}`,
    );
  }
  if (
    /Unauthorized|must be logged in to the server|the server has asked for the client to provide credentials/.test(
      stderr,
    )
  ) {
    return new ClusterError(
      "unauthorized",
      `${where} does not accept the credentials of the kubeconfig`,
      local ? "npm run up makes new ones" : `log in to the cluster again, then: ${kubectlOf(at)} auth whoami`,
    );
  }
  if (/getting credentials|exec plugin|executable .* (not found|failed)|exec: /.test(stderr)) {
    return new ClusterError(
      "credentials",
      `the program that gives credentials for ${where} failed: ${errorText}`,
      "install it or log in with it (gcloud auth login, aws sso login), then run this again",
    );
  }
  if (/x509: |certificate signed by unknown authority|certificate has expired/.test(stderr)) {
    return new ClusterError(
      "certificate",
      `${where} shows a certificate that the kubeconfig does not trust: ${errorText}`,
      local ? "npm run up" : "get a new kubeconfig for the cluster",
    );
  }
  if (
    /connection refused|The connection to the server .* was refused|no such host|i\/o timeout|no route to host|network is unreachable|Unable to connect to the server|connection reset|TLS handshake timeout|context deadline exceeded|deadline has passed/i.test(
      stderr,
    )
  ) {
    return new ClusterError(
      "unreachable",
      local ? "the local nodes are not running" : `the API server of ${where} does not answer: ${errorText}`,
      local ? `npm run up -- ${at.stack}` : "check the network and the VPN, and whether the cluster exists",
    );
  }
  if (new RegExp(`namespaces? "${at.namespace}" not found`).test(stderr)) return notUp(at);
  if (/\(NotFound\)|not found/.test(stderr)) {
    return new ClusterError("not found", errorText, `look at what is there: switchboard status ${at.stack}`);
  }
  return new ClusterError("failed", `${where}: ${errorText}`, "correct it, then run this again");
}

/** The stack has no namespace in its cluster. */
export function notUp({ stack, namespace, local, context }: Circumstances): ClusterError {
  return new ClusterError(
    "no namespace",
    `${stack} is not up: ${local ? "the local nodes have" : `context ${context} has`} no namespace ${namespace}`,
    local ? `npm run up -- ${stack}` : `switchboard up ${stack}`,
  );
}

/** kubectl logs what it tries (`E0101 … memcache.go`) before it says what went wrong; the last line is the verdict. */
function lastWords(stderr: string): string {
  const lines = stderr
    .trim()
    .split("\n")
    .filter((line) => line && !/^[EWI]\d{4} /.test(line));
  const text = (lines.at(-1) ?? stderr.trim().split("\n").at(-1) ?? "").replace(
    /^(error|Error from server[^:]*): ?/i,
    "",
  );
  return text || "it gave no reason";
}
