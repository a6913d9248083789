import type { Place, PodIdentity } from "../../contracts";
import { pullSecrets } from "../../kubernetes/podTemplate";
import { shortHash, standardLabels } from "../../naming";
import type { AcmeCertificateSettings } from "../settings/acme";

/** Port that cert-manager's solver pods listen on (`acmeSolverListenPort`, a constant of cert-manager). */
export const solverPort = 8089;

/**
 * Class of the Ingress that cert-manager makes for each question of an authority: nobody's. NGINX finds the solver by a
 * Service of ours. The class goes into the annotation and not into `ingressClassName`, because the webhook of the AWS
 * load balancer controller refuses the name of a class that is not there; GKE leaves either alone
 * (https://cloud.google.com/kubernetes-engine/docs/how-to/custom-ingress-controller).
 */
const nobodysClass = "switchboard-none";

/** Which pod answers for the host name at this place of the list. */
export function solverIdentity(index: number): PodIdentity {
  return { name: "acme", component: `solver-${index}` };
}

/**
 * HTTP-01 for one host name (`solvers[]` of an Issuer). The pod is like every other of the platform: its own labels, its
 * nodes, no token, not root; what a template cannot say (read-only root, no capabilities) is how cert-manager makes it.
 */
export function httpSolver(hostname: string, index: number, place: Place, serviceAccount: string) {
  const { nodeSelector, tolerations } = place.traits.placement.apps;
  return {
    selector: { dnsNames: [hostname] },
    http01: {
      ingress: {
        class: nobodysClass,
        serviceType: "ClusterIP",
        podTemplate: {
          metadata: { labels: standardLabels(solverIdentity(index), { stage: place.stage, version: "" }) },
          spec: {
            serviceAccountName: serviceAccount,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 10001,
              runAsGroup: 10001,
              fsGroup: 10001,
              seccompProfile: { type: "RuntimeDefault" },
            },
            ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
            ...(tolerations.length > 0 ? { tolerations } : {}),
            ...pullSecrets(place.imagePullSecrets),
          },
        },
      },
    },
  };
}

/** DNS-01 in the zone of the cloud, for these host names and no others. The settings see to it that there is a zone. */
export function dnsSolver(hostnames: readonly string[], place: Place) {
  return { selector: { dnsNames: [...hostnames] }, dns01: place.traits.acmeDnsSolver };
}

/**
 * Name of an authority's Issuer. An authority has its own, because cert-manager asks for a new certificate when the
 * Certificate names another Issuer, and not when the same Issuer has come to mean another authority.
 */
export function issuerName({ authority, url }: AcmeCertificateSettings["directory"]): string {
  return `acme-${authority === "other" ? shortHash(url) : authority}`;
}
