import { readFileSync, writeFileSync } from "node:fs";
import { withChanges } from "../../../engine/stack/changedFile";
import { readTargetAt, type Target } from "../../../engine/stack/target";
import { aliveness, type Command } from "../../images/builders";

/** Name of the cluster in kind. */
const name = "switchboard";
/** The context that `kind create cluster` writes into the kubeconfig: https://kind.sigs.k8s.io/docs/user/quick-start/ */
const context = `kind-${name}`;

/** What is asked of this machine and of the person in front of it. */
export interface KindMachine {
  /** Whether the local nodes are there already. */
  readonly hasNodes: boolean;
  /** Whether somebody can answer a question. */
  readonly canAsk: boolean;
  readonly found: (program: string) => boolean;
  /** What a command prints; undefined where it fails. */
  readonly output: (command: Command) => Promise<string | undefined>;
  /** Runs a command whose output a person sees. @throws UserError where it fails */
  readonly call: (command: Command) => Promise<void>;
  readonly ask: (question: string) => Promise<string>;
  readonly note: (text: string) => void;
}

/**
 * Offers a kind cluster where a stack names no cluster and Docker answers: it needs no root and builds nothing of
 * Kubernetes. A stack that names a context is left alone, and so are local nodes that are there already.
 *
 * @returns where the stack goes now: with a yes its file names the kind cluster
 */
export async function offerKind(target: Target, machine: KindMachine): Promise<Target> {
  const { hasNodes, canAsk, found, output, call, ask, note } = machine;
  if (!target.local || hasNodes) return target;
  if (!found("docker") || (await output(aliveness.docker)) === undefined) return target;
  if (!found("kind")) {
    note("Docker answers here: with kind on PATH (https://kind.sigs.k8s.io) up offers a cluster that needs no root.");
    return target;
  }
  if (!canAsk) {
    note(
      `Docker and kind are here: where it can ask, up offers a kind cluster. Or name it: cluster.context: ${context}`,
    );
    return target;
  }
  const answer = await ask(
    `Docker answers here. A kind cluster for stack ${target.stack}, in place of nodes that are built here? (yes, or Enter for no) `,
  );
  if (!/^y(es)?$/i.test(answer)) return target;
  const there = (await output(["kind", "get", "clusters"]))?.split("\n").includes(name);
  if (!there) await call(["kind", "create", "cluster", "--name", name, "--wait", "180s"]);
  // kind has no load balancers: without this the Service of type LoadBalancer stays Pending.
  const changes = [
    ["cluster.context", context],
    ["edge.service.type", "NodePort"],
  ] as const;
  writeFileSync(target.stackFile, withChanges(readFileSync(target.stackFile, "utf8"), changes));
  note(`${target.stackFile}: cluster.context is ${context} now, and edge.service.type is NodePort.`);
  return readTargetAt(target.stackFile);
}
