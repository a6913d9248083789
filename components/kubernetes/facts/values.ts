/** What costs nothing, with the page that says so. */
const workloadsPage = "https://kubernetes.io/docs/concepts/workloads/";
const acmePage = "https://letsencrypt.org/docs/faq/";
export const free = {
  object: { why: "an entry in the cluster's API", source: workloadsPage },
  pods: { why: "its pods run on nodes, which are counted where they are made", source: workloadsPage },
  storageClass: { why: "only the volumes made by it cost", source: workloadsPage },
  certificate: { why: "issued without a fee", source: acmePage },
  issuer: { why: "an entry in the cluster's API", source: acmePage },
} as const;

/** What the API server and its controllers put into objects that the program made. */
export const givenOut = {
  path: /^(spec\.(volumeName|volumeMode|finalizers)|secrets|imagePullSecrets)\b/,
  kind: "add",
  why: "given out by the cluster",
} as const;

/** Why what a cluster of somebody else makes has no price. */
export const ofThatCluster = "it runs on a cluster that exists, and is on the bill of that cluster";
