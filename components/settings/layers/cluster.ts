import { z } from "zod";
import { wayToCluster } from "../../cluster/wayIn";
import type { SettingsContext } from "../context";
import { attempt, text } from "../fields";
import { Secret } from "../secret";
import { namespace, words } from "../values/words";

/** How the cluster is reached, read from the kubeconfig and cut down to one context. */
export interface ClusterAccess {
  /** The kubeconfig of this one context; it may hold credentials. */
  readonly text: Secret;
  /** URL of the API server. */
  readonly server: string;
  /** The file, as the setting names it; undefined for the usual ones. */
  readonly file: string | undefined;
}

const uidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A cluster that exists: any context of a kubeconfig. */
export const existingCluster = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("existing").describe("`existing`: a cluster that is there, named by a context of a kubeconfig"),
      kubeconfig: words()
        .optional()
        .describe(
          "path of the kubeconfig, from the repository's root or `~/…`; default: `$KUBECONFIG` (several files are one), else `~/.kube/config`",
        ),
      context: words().describe(
        "context of the kubeconfig (`kubectl config get-contexts`); `in-cluster` in a pod of the cluster itself, where there is no kubeconfig",
      ),
      namespace: namespace()
        .prefault("switchboard")
        .describe("namespace that everything is put in; made and owned by this stack"),
      uid: text((value) => value)
        .refine((value) => uidForm.test(value), {
          error: (issue) =>
            `${JSON.stringify(issue.input)} is not a UID; take it from: kubectl get namespace kube-system --output jsonpath={.metadata.uid}`,
        })
        .optional()
        .describe(
          "UID of the cluster's kube-system namespace; when set, `up` refuses every other cluster; default: not checked",
        ),
    })
    .transform((given, issues) => {
      const kubeconfig = attempt(() => wayToCluster(given, context), issues);
      if (!kubeconfig) return z.NEVER;
      const access: ClusterAccess = {
        text: new Secret(kubeconfig.text),
        server: kubeconfig.server,
        file: given.kubeconfig,
      };
      return { ...given, kubeconfig: access };
    });
