import { isIP } from "node:net";
import { z } from "zod";
import { wayToCluster } from "../../kubernetes/access";
import type { SettingsContext } from "../../schema/context";
import { attempt, mapOf, Problem, problemOf, show, text, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { Secret } from "../../schema/secret";
import { parseCidr } from "../../schema/values/network";
import { label, namespace, parseLabelValue, words } from "../../schema/values/words";

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

/** One address as the network of itself, which policies know. */
function parseResolver(value: string): string {
  const family = isIP(value);
  if (family === 0 || value.includes("%"))
    throw new Problem(`${show(value)} is not an address; write e.g. "10.96.0.10", without port and prefix length`);
  return parseCidr(`${value}/${family === 6 ? 128 : 32}`);
}

/** Who answers for names, where the distribution is none of those that are known. */
const dns = z
  .strictObject({
    namespace: label()
      .optional()
      .describe(
        "namespace of the pods that answer for names; default: those of kubeadm, k3s, RKE2, OpenShift, Gardener and the clouds are known",
      ),
    podLabels: mapOf(z.string(), (_name, value) =>
      problemOf(() => {
        if (typeof value === "string") parseLabelValue(value);
      }),
    )
      .prefault({})
      .describe("their labels: the selector of the cluster's DNS Service"),
    port: whole(1, 65_535).prefault(53).describe("port that they themselves listen on (`targetPort` of the Service)"),
    addresses: z
      .array(text(parseResolver))
      .prefault([])
      .describe(
        "addresses of resolvers that are not pods, e.g. the DNS Service's own if a node-local cache has it. `switchboard doctor` shows them",
      ),
  })
  .superRefine(({ namespace, podLabels }, issues) => {
    const labelled = Object.keys(podLabels).length > 0;
    if (labelled === (namespace !== undefined)) return;
    const [path, other] = labelled ? ["namespace", "podLabels"] : ["podLabels", "namespace"];
    const message = `is not set, and ${other} alone names no pods; give both`;
    issues.addIssue({ code: "custom", path: [path!], message });
  })
  .prefault({});

/** A cluster that exists: any context of a kubeconfig. */
export const existingCluster = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("existing").describe("`existing`: a cluster that is there, named by a context of a kubeconfig"),
      kubeconfig: words()
        .optional()
        .describe(
          "path of the kubeconfig, from the repository's root or `~/…`; default: `$KUBECONFIG` (several files are one), else `~/.kube/config`, else the service account of a pod (context `in-cluster`)",
        ),
      context: words().describe("context of the kubeconfig (`kubectl config get-contexts`)"),
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
      dns,
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

export type ExistingClusterSettings = SettingsOf<typeof existingCluster>;
