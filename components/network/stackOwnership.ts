import * as pulumi from "@pulumi/pulumi";
import type { Ownership } from "../contracts/ownership";
import { findObject, LookupError, leadsNowhere } from "../kubernetes/lookup";
import { dnsLabel, labelValue, product } from "../naming";

/** Label that names the project and the stack which an object without a namespace belongs to. */
const ownerLabel = "switchboard.dev/stack";

/** A stack, as far as it is told apart from others in one cluster. */
export interface Owner {
  readonly project: string;
  /** Its name, or the one that it was made under (`operations.name`). */
  readonly stack: string;
  readonly stage: string;
}

/** The value of the label: `<project>.<stack>`, at most 63 characters. */
export function ownerName({ project, stack }: Pick<Owner, "project" | "stack">): string {
  return labelValue(dnsLabel(`${project}.${stack}`));
}

/**
 * Who has an object, by its labels, where that is not the stack itself. Objects that were made before the label with the
 * stack's name was given are the stack's when they are of this program and of the stack's stage, or of none.
 */
export function otherOwner(labels: Readonly<Record<string, string>>, owner: Owner): string | undefined {
  const named = labels[ownerLabel];
  if (named !== undefined) return named === ownerName(owner) ? undefined : `belongs to stack ${named}`;
  if (labels["app.kubernetes.io/part-of"] !== product) return "was not made by this program";
  const stage = labels["switchboard.dev/stage"];
  return stage === undefined || stage === labelValue(owner.stage) ? undefined : `belongs to the stage ${stage}`;
}

/**
 * Keeps a stack from taking over what somebody else has in the cluster under a fixed name. Some releases of the official
 * provider make such an object this stack's in silence, and `destroy` then deletes it with all that is in it; newer ones
 * refuse it in the `up`, after a preview that was green. So the program looks before it makes one, in the preview too.
 *
 * A preview that cannot ask the cluster warns and goes on. An `up` is refused then: it has to know. Only in a cluster that
 * the stack has made itself it goes on too: nobody else has reason to be there.
 */
export class StackOwnership implements Ownership {
  readonly labels: Readonly<Record<string, string>>;
  #kubeconfig: string | undefined;

  /**
   * @param kubeconfig unknown while the cluster is not there, and then nothing is in it
   * @param cluster its name in a kubeconfig, for messages, and whether this stack has made it
   */
  constructor(
    private readonly owner: Owner,
    kubeconfig: pulumi.Output<string>,
    private readonly cluster: { readonly name: string; readonly isOwn: boolean },
  ) {
    this.labels = { [ownerLabel]: ownerName(owner) };
    kubeconfig.apply((text) => {
      this.#kubeconfig = text;
    });
  }

  guard(name: string, otherwise: string): Pick<pulumi.CustomResourceOptions, "hooks"> {
    return { hooks: { beforeCreate: this.looks(name, otherwise) } };
  }

  /** The looks themselves, for a resource that has others beside them. */
  looks(name: string, otherwise: string): pulumi.ResourceHook[] {
    return [
      new pulumi.ResourceHook(
        `${name}-owner`,
        ({ newInputs }) => this.check((newInputs ?? {}) as KubernetesInputs, otherwise),
        { onDryRun: true },
      ),
    ];
  }

  /**
   * Before the namespace is made: the Secret that pods are to name has to be in it, which it cannot be where this run
   * makes the namespace. A namespace that was there before may hold it.
   */
  demandSecret(name: string, secret: string): pulumi.ResourceHook {
    return new pulumi.ResourceHook(
      `${name}-secret`,
      async ({ newInputs }) => {
        const namespace = String((newInputs as KubernetesInputs | undefined)?.metadata?.name ?? "");
        const kubeconfig = this.#kubeconfig;
        if (kubeconfig ? leadsNowhere(kubeconfig) : pulumi.runtime.isDryRun()) return;
        if (kubeconfig && (await this.isThere(kubeconfig, secret, namespace))) return;
        throw new Error(
          `operations.imagePullSecret: the Secret ${secret} is not in the namespace ${namespace}, which this run creates. So ` +
            "no pod could pull its image; set host, user and password in operations.registries, and remove it",
        );
      },
      { onDryRun: true },
    );
  }

  /** Where the cluster cannot be asked it is left to the look before, which says so. */
  private async isThere(kubeconfig: string, secret: string, namespace: string): Promise<boolean> {
    try {
      return (await findObject(kubeconfig, "Secret", secret, namespace)) !== undefined;
    } catch (error) {
      if (error instanceof LookupError) return true;
      throw error;
    }
  }

  private async check({ apiVersion = "v1", kind, metadata }: KubernetesInputs, otherwise: string): Promise<void> {
    const kubeconfig = this.#kubeconfig;
    const name = metadata?.name;
    if (!kubeconfig || !kind || typeof name !== "string" || leadsNowhere(kubeconfig)) return;
    const [version, group] = apiVersion.split("/").reverse();
    const labels = await this.labelsOf(kubeconfig, group ? `${kind}.${version}.${group}` : kind, name);
    const other = labels && otherOwner(labels, this.owner);
    if (!other) return;
    const stackOwner = ownerName(this.owner);
    throw new Error(
      `${kind} ${name} is in the cluster ${this.cluster.name} already and ${other}. Stack ${stackOwner} would take it over and ` +
        `delete it with its content when the stack is destroyed. ${otherwise}; or delete it. If it is this stack's own ` +
        `and its state was lost: kubectl label ${kind.toLowerCase()} ${name} --overwrite ${ownerLabel}=${stackOwner}`,
    );
  }

  /** @returns undefined where it is not there, or goes; in a preview also where nobody could be asked */
  private async labelsOf(kubeconfig: string, kind: string, name: string) {
    try {
      const found = await findObject(kubeconfig, kind, name);
      return found && !found.metadata.deletionTimestamp ? (found.metadata.labels ?? {}) : undefined;
    } catch (error) {
      if (!(error instanceof LookupError)) throw error;
      const text = `whether ${kind} ${name} belongs to another owner in the cluster ${this.cluster.name} could not be checked: ${error.message}`;
      if (!this.cluster.isOwn && !pulumi.runtime.isDryRun()) throw new Error(`${text}; nothing was made`);
      await pulumi.log.warn(this.cluster.isOwn ? text : `${text}; the up will look, and make nothing before`);
      return undefined;
    }
  }
}

interface KubernetesInputs {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: unknown };
}
