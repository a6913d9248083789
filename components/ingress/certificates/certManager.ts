import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import { HelmChart } from "../../kubernetes/helmChart";
import { certManagerAccount } from "../../naming";

/**
 * Where cert-manager is. Its service account has the same name, so that an identity of the cloud (for DNS records) is
 * given to service account `cert-manager` of namespace `cert-manager`.
 */
const certManagerName = certManagerAccount.name;

/** The newest stable release of September 2026; test/components/ingress/certificates/acme.test.ts was written against its CRDs. */
export const certManagerVersion = "v1.21.2";

/**
 * cert-manager for the whole cluster, in a namespace of its own. It stands beside the platform and not inside: it is
 * there before what it issues and goes after it.
 *
 * It is a Helm release and not the chart's objects one by one (`v4.Chart`): the chart has a hook that waits until the
 * webhook answers with a certificate that the API server trusts, and only a release runs hooks. Without it the first
 * Issuer of a new cluster would be refused.
 *
 * @param opts with the providers of what is inside the cluster
 */
export function certManager(place: Place, opts: pulumi.ComponentResourceOptions): HelmChart {
  return new HelmChart(
    certManagerName,
    {
      chart: "cert-manager",
      repository: "https://charts.jetstack.io",
      version: certManagerVersion,
      namespace: {
        name: certManagerName,
        podSecurity: "restricted",
        ownership: place.ownership,
        otherwise: "Use the cert-manager that is there: edge.certificate.certManager: present",
      },
      values: certManagerValues,
    },
    { ...opts, deletedWith: place.clusterLifetime, dependsOn: [place.lifetime] },
  );
}

/** What the chart is told; the pods' security contexts are given too, so that its defaults are not what it rests on. */
const certManagerValues = {
  // They stay when the release goes: with them all certificates of the cluster would go, also those of others.
  crds: { enabled: true, keep: true },
  // Its election needs no right in kube-system, where some clusters allow none.
  global: { leaderElection: { namespace: certManagerName } },
  ...component("controller", { cpu: "10m", memory: "64Mi" }, "256Mi"),
  webhook: component("webhook", { cpu: "10m", memory: "32Mi" }, "128Mi"),
  cainjector: component("cainjector", { cpu: "10m", memory: "64Mi" }, "256Mi"),
  startupapicheck: {
    ...security(),
    resources: resources({ cpu: "10m", memory: "32Mi" }, "64Mi"),
    timeout: "3m",
  },
};

/** Two pods of a part, on different nodes where there are some, of which a drain takes one at a time. */
function component(name: string, requests: { cpu: string; memory: string }, memoryLimit: string) {
  const matchLabels = { "app.kubernetes.io/instance": certManagerName, "app.kubernetes.io/component": name };
  return {
    ...security(),
    replicaCount: 2,
    podDisruptionBudget: { enabled: true, maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    resources: resources(requests, memoryLimit),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels },
      },
    ],
  };
}

function security() {
  return {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

function resources(requests: { cpu: string; memory: string }, memoryLimit: string) {
  return { requests, limits: { memory: memoryLimit } };
}
