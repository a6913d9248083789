/** What decides how a person calls kubectl on a cluster. */
export interface Called {
  readonly context: string;
  /** The command line to start with, where the context alone does not lead there. */
  readonly words?: string;
}

/** How a person calls kubectl on this cluster: with the kubeconfig that the stack names, if it names one. */
export function kubectlOf({ words, context }: Called): string {
  return words ?? `kubectl --context ${context}`;
}
