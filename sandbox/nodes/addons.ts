import { createHash } from "node:crypto";
import type { ApiObject } from "./api";
import { disks } from "./diskPlan";
import { nodeImages } from "./images";
import { type AddressPlan, clusterDomain } from "./layout";
import { policiesUser } from "./podPolicies";

/** The user that the load balancer is to the API server. */
export const loadBalancerUser = "switchboard:load-balancer";
/** The user that the disks' controller is to the API server. */
export const disksUser = "switchboard:disks";
/** The user that the API server is to the kubelets. */
export const kubeletClientUser = "switchboard:kubelet-client";

const namespace = "kube-system";
const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** What is in the cluster itself: names and volumes, in order. */
export function addons(plan: AddressPlan, nodes: number): ApiObject[] {
  return [...dns(plan, Math.min(nodes, 2)), ...storage()];
}

/** The rights of the processes beside the cluster. They ask as soon as they run. */
export function rights(): ApiObject[] {
  return [
    clusterRole(loadBalancerUser, [
      { apiGroups: [""], resources: ["services", "nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["services/status"], verbs: ["patch"] },
    ]),
    clusterRole(disksUser, [
      { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["list", "watch"] },
      { apiGroups: [""], resources: ["persistentvolumeclaims/status"], verbs: ["patch"] },
      { apiGroups: [""], resources: ["persistentvolumes"], verbs: ["list", "watch", "create", "patch", "delete"] },
      { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["list", "watch"] },
    ]),
    clusterRoleBinding(disksUser, disksUser, { kind: "User", name: disksUser }),
    clusterRole(policiesUser, [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["list", "watch"] },
    ]),
    clusterRoleBinding(policiesUser, policiesUser, { kind: "User", name: policiesUser }),
    clusterRoleBinding(loadBalancerUser, loadBalancerUser, { kind: "User", name: loadBalancerUser }),
    clusterRoleBinding(kubeletClientUser, "system:kubelet-api-admin", { kind: "User", name: kubeletClientUser }),
  ];
}

/** CoreDNS for the cluster's own names. Nothing outside can be reached from here, so other names do not exist. */
function dns(plan: AddressPlan, replicas: number): ApiObject[] {
  const name = "coredns";
  const labels = { "k8s-app": "kube-dns" };
  // Two servers: within one, `template` would come before `kubernetes` and answer everything.
  const corefile = `${clusterDomain} in-addr.arpa ip6.arpa {
    errors
    health :8080 {
      lameduck 1s
    }
    ready :8181
    kubernetes ${clusterDomain} in-addr.arpa ip6.arpa {
      pods insecure
      ttl 5
    }
    loadbalance
}
. {
    errors
    template ANY ANY {
      rcode NXDOMAIN
    }
}
`;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    clusterRole("system:coredns", [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ]),
    clusterRoleBinding("system:coredns", "system:coredns", { kind: "ServiceAccount", name, namespace }),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: corefile } },
    deployment({
      name,
      labels,
      replicas,
      image: nodeImages.coredns,
      args: ["-conf", "/etc/coredns/Corefile"],
      ports: [
        { name: "dns", containerPort: 53, protocol: "UDP" },
        { name: "dns-tcp", containerPort: 53 },
      ],
      // On the port that policies of any cluster open to it, without root.
      sysctls: { "net.ipv4.ip_unprivileged_port_start": "53" },
      probes: {
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2 },
        livenessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 10, failureThreshold: 5 },
      },
      memory: { requests: "32Mi", limits: "170Mi" },
      configMap: { name, mountPath: "/etc/coredns", content: corefile },
      priority: "system-cluster-critical",
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels },
      spec: {
        clusterIP: plan.dnsService,
        selector: labels,
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
        ],
      },
    },
  ];
}

/** Volumes as disks of the node that the pod runs on; a claim may grow. */
function storage(): ApiObject[] {
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: disks.class, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: disks.provisioner,
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
      allowVolumeExpansion: true,
    },
  ];
}

/**
 * What earlier releases had in the cluster and this one has not: volumes were folders, made by a provisioner. Those that
 * are in use stay as they are.
 */
export const formerAddons: readonly string[] = [
  "/apis/storage.k8s.io/v1/storageclasses/local-path",
  "/apis/apps/v1/namespaces/kube-system/deployments/local-path-provisioner",
];

interface AddonDeployment {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports?: readonly unknown[];
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly probes: Readonly<Record<string, unknown>>;
  readonly memory: { readonly requests: string; readonly limits: string };
  /** Its content is part of the pod: a change must start it anew. */
  readonly configMap: { readonly name: string; readonly mountPath: string; readonly content: string };
  readonly priority: string;
}

function deployment(addon: AddonDeployment): ApiObject {
  const { name, labels, configMap } = addon;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: addon.replicas,
      selector: { matchLabels: labels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      template: {
        metadata: { labels, annotations: { "switchboard.local/config": digest(configMap.content) } },
        spec: {
          serviceAccountName: name,
          priorityClassName: addon.priority,
          securityContext: {
            sysctls: Object.entries(addon.sysctls ?? {}).map(([key, value]) => ({ name: key, value })),
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [
            {
              name,
              image: addon.image,
              imagePullPolicy: "IfNotPresent",
              args: addon.args,
              ports: addon.ports ?? [],
              ...addon.probes,
              resources: {
                requests: { cpu: "10m", memory: addon.memory.requests },
                limits: { memory: addon.memory.limits },
              },
              securityContext: restricted,
              volumeMounts: [{ name: "config", mountPath: configMap.mountPath, readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: configMap.name } }],
        },
      },
    },
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function clusterRole(name: string, rules: readonly unknown[]): ApiObject {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
}

function clusterRoleBinding(name: string, role: string, subject: Readonly<Record<string, string>>): ApiObject {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [subject],
  };
}
