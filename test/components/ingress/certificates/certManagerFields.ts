/**
 * Fields of cert-manager's objects, as deploy/crds of this version has them; the parts that are used, and of those
 * all of their fields. A field that is not there would be dropped by the API server without a word.
 */
export const fieldsOf = {
  version: "v1.21.2",
  issuer: {
    acme: [
      ...["caBundle", "disableAccountKeyGeneration", "email", "enableDurationFeature", "externalAccountBinding"],
      ...["preferredChain", "privateKeySecretRef", "profile", "server", "skipTLSVerify", "solvers"],
    ],
    "acme.privateKeySecretRef": ["key", "name"],
    "acme.solvers": ["dns01", "http01", "selector", "waitInsteadOfSelfCheck"],
    "acme.solvers.selector": ["dnsNames", "dnsZones", "matchLabels"],
    "acme.solvers.http01": ["gatewayHTTPRoute", "ingress"],
    "acme.solvers.http01.ingress": [
      ...["class", "ingressClassName", "ingressTemplate", "name", "podTemplate", "serviceType"],
    ],
    "acme.solvers.http01.ingress.podTemplate": ["metadata", "spec"],
    "acme.solvers.http01.ingress.podTemplate.metadata": ["annotations", "labels"],
    "acme.solvers.http01.ingress.podTemplate.spec": [
      ...["affinity", "imagePullSecrets", "nodeSelector", "priorityClassName", "resources", "securityContext"],
      ...["serviceAccountName", "tolerations"],
    ],
    "acme.solvers.http01.ingress.podTemplate.spec.securityContext": [
      ...["fsGroup", "fsGroupChangePolicy", "runAsGroup", "runAsNonRoot", "runAsUser", "seLinuxOptions"],
      ...["seccompProfile", "supplementalGroups", "sysctls"],
    ],
    "acme.solvers.dns01": [
      ...["acmeDNS", "akamai", "azureDNS", "cloudDNS", "cloudflare", "cnameStrategy", "digitalocean", "rfc2136"],
      ...["route53", "webhook"],
    ],
    "acme.solvers.dns01.cloudDNS": ["hostedZoneName", "project", "serviceAccountSecretRef"],
    "acme.solvers.dns01.route53": [
      ...["accessKeyID", "accessKeyIDSecretRef", "auth", "hostedZoneID", "region", "role", "secretAccessKeySecretRef"],
    ],
  },
  certificate: {
    "": [
      ...["additionalOutputFormats", "commonName", "dnsNames", "duration", "emailAddresses", "encodeUsagesInRequest"],
      ...["ipAddresses", "isCA", "issuerRef", "keystores", "literalSubject", "nameConstraints", "otherNames"],
      ...["privateKey", "renewBefore", "renewBeforePercentage", "renewal", "revisionHistoryLimit", "secretName"],
      ...["secretTemplate", "signatureAlgorithm", "subject", "uris", "usages"],
    ],
    issuerRef: ["group", "kind", "name"],
    privateKey: ["algorithm", "encoding", "rotationPolicy", "size"],
    secretTemplate: ["annotations", "labels"],
  },
};

/** Every field of `value` that is below a known place and not one of its fields. */
export function unknownFields(value: unknown, fields: Readonly<Record<string, readonly string[]>>, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => unknownFields(entry, fields, at));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const path = at ? `${at}.${key}` : key;
    const here = fields[at];
    return here && !here.includes(key) ? [path] : unknownFields(entry, fields, path);
  });
}
