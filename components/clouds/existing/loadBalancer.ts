/** Within this time, in seconds, kube-proxy on every node has heard of a pod's end, with room to spare. */
export const deregistrationSeconds = 5;
