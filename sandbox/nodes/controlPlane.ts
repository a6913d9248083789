import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { kubeconfigFile } from "../../engine/stack/localNodes";
import { binaries, clusterState } from "../../lib/paths";
import { kubeletClientUser } from "./addons";
import { Api } from "./api";
import { kubeconfig } from "./kubeconfig";
import { type AddressPlan, clusterDomain } from "./layout";
import { Authority, type KeyPair, writeSecret } from "./pki";
import { type Inside, startService, waitForService } from "./service";
import { folders } from "./state";

/** Names of the control plane's services, in the order in which they start. */
export const controlServices = [
  "control.etcd",
  "control.kube-apiserver",
  "control.kube-controller-manager",
  "control.kube-scheduler",
] as const;

/** What the control plane's parts need to trust one another. */
export interface ControlKeys {
  readonly authority: Authority;
  readonly server: KeyPair;
  readonly kubeletClient: KeyPair;
  readonly tokens: KeyPair;
  readonly controllerManager: string;
  readonly scheduler: string;
}

/** Address of the API server. */
export function apiServer(plan: AddressPlan): string {
  return `https://${plan.control}:6443`;
}

/** Makes or reads the keys, and writes the kubeconfigs. */
export async function ensureControlKeys(plan: AddressPlan): Promise<ControlKeys> {
  const authority = await Authority.open(folders.keys);
  const [server, kubeletClient, admin, controllerManager, scheduler] = await Promise.all([
    authority.issue({
      file: "kube-apiserver",
      commonName: "kube-apiserver",
      hosts: [
        ...["kubernetes", "kubernetes.default", "kubernetes.default.svc", `kubernetes.default.svc.${clusterDomain}`],
        ...["localhost", "127.0.0.1", plan.control, plan.apiService],
      ],
    }),
    authority.issue({ file: "kubelet-client", commonName: kubeletClientUser }),
    authority.issue({ file: "admin", commonName: "switchboard:admin", organization: "system:masters" }),
    authority.issue({ file: "kube-controller-manager", commonName: "system:kube-controller-manager" }),
    authority.issue({ file: "kube-scheduler", commonName: "system:kube-scheduler" }),
  ]);
  const write = (file: string, user: KeyPair) => {
    writeSecret(file, kubeconfig(apiServer(plan), authority.certificate, user));
    return file;
  };
  write(kubeconfigFile, admin);
  return {
    authority,
    server,
    kubeletClient,
    tokens: authority.tokenKeys(),
    controllerManager: write(join(folders.keys, "kube-controller-manager.kubeconfig"), controllerManager),
    scheduler: write(join(folders.keys, "kube-scheduler.kubeconfig"), scheduler),
  };
}

/** Starts the database and the API server, and waits until it answers. */
export async function startApi(plan: AddressPlan, machine: Inside, keys: ControlKeys): Promise<void> {
  mkdirSync(folders.etcd, { recursive: true, mode: 0o700 });
  const tool = (name: string) => join(binaries, name);
  await startService({
    name: "control.etcd",
    inside: machine,
    // Only the control plane's own loopback, where nothing but the API server is.
    command: [
      "etcd",
      ...["--name=control", `--data-dir=${folders.etcd}`, "--logger=zap", "--log-level=warn"],
      ...["--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379"],
      ...["--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380"],
      ...["--initial-cluster=control=http://127.0.0.1:2380", "--auto-compaction-retention=1"],
    ],
    // etcd 3.4 otherwise refuses processors other than amd64.
    environment: { ETCD_UNSUPPORTED_ARCH: process.arch === "x64" ? "" : process.arch },
  });
  await startService({
    name: "control.kube-apiserver",
    inside: machine,
    command: [
      tool("kube-apiserver"),
      ...["--etcd-servers=http://127.0.0.1:2379", `--bind-address=${plan.control}`, "--secure-port=6443"],
      ...[`--advertise-address=${plan.control}`, `--service-cluster-ip-range=${plan.services}`],
      ...["--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction"],
      ...[`--client-ca-file=${keys.authority.certificate}`, `--tls-cert-file=${keys.server.certificate}`],
      ...[`--tls-private-key-file=${keys.server.key}`, "--allow-privileged=true"],
      ...[`--kubelet-certificate-authority=${keys.authority.certificate}`],
      ...[`--kubelet-client-certificate=${keys.kubeletClient.certificate}`],
      ...[`--kubelet-client-key=${keys.kubeletClient.key}`, "--kubelet-preferred-address-types=InternalIP"],
      ...[`--service-account-issuer=https://kubernetes.default.svc.${clusterDomain}`],
      ...[`--service-account-key-file=${keys.tokens.certificate}`],
      ...[`--service-account-signing-key-file=${keys.tokens.key}`, "--profiling=false"],
    ],
    files: [tool("kube-apiserver"), keys.server.certificate, keys.kubeletClient.certificate],
  });
  const api = new Api(kubeconfigFile);
  try {
    await waitForService("control.kube-apiserver", "the API server answered", () =>
      api.text("GET", "/readyz").then(
        () => true,
        () => false,
      ),
    );
  } finally {
    api.close();
  }
}

/** Starts the controllers and the scheduler. */
export async function startControllers(plan: AddressPlan, machine: Inside, keys: ControlKeys): Promise<void> {
  const tool = (name: string) => join(binaries, name);
  await startService({
    name: "control.kube-controller-manager",
    inside: machine,
    command: [
      tool("kube-controller-manager"),
      ...[`--kubeconfig=${keys.controllerManager}`, "--bind-address=127.0.0.1", "--leader-elect=false"],
      ...[`--service-account-private-key-file=${keys.tokens.key}`, `--root-ca-file=${keys.authority.certificate}`],
      ...["--use-service-account-credentials=true", `--service-cluster-ip-range=${plan.services}`],
      // A folder of our own: the standard one is outside the cache, and it would be made.
      `--flex-volume-plugin-dir=${join(clusterState, "plugins")}`,
      ...["--kube-api-qps=100", "--kube-api-burst=200", "--profiling=false"],
    ],
    files: [tool("kube-controller-manager"), keys.controllerManager],
  });
  await startService({
    name: "control.kube-scheduler",
    inside: machine,
    command: [
      tool("kube-scheduler"),
      ...[`--kubeconfig=${keys.scheduler}`, "--bind-address=127.0.0.1", "--leader-elect=false", "--profiling=false"],
    ],
    files: [tool("kube-scheduler"), keys.scheduler],
  });
}

/** Whether the API server of this machine answers. */
export async function apiAnswers(machine: Inside | undefined): Promise<boolean> {
  if (!machine) return false;
  const api = new Api(kubeconfigFile);
  try {
    await api.text("GET", "/readyz");
    return true;
  } catch {
    return false;
  } finally {
    api.close();
  }
}
