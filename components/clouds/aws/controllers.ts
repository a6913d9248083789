import * as storage from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { HelmChart } from "../../kubernetes/helmChart";
import { certManagerAccount, ownLabels } from "../../naming";
import type { Account } from "./account";
import { autoscalerPolicy, dnsSolverPolicy } from "./iamPolicies";
import { podIdentity } from "./identities";
import { balancerPolicy } from "./loadBalancerPolicy";

/** What the controllers are given. */
export interface ControllersArgs {
  readonly account: Account;
  readonly clusterName: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** The control plane's version. */
  readonly version: string;
  /** Labels of the nodes that the cluster's own pods run on. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Where cert-manager proves host names. */
  readonly dnsZone: { readonly id: string } | undefined;
  readonly hostnames: readonly string[];
  /** What is put inside the cluster dies with this; roles outside it do not. */
  readonly lifetime: pulumi.Resource;
}

const system = "kube-system";

/**
 * What AWS does not do by itself: volumes of the stack's own kind, balancers for Services, and more nodes when pods wait
 * for one. It is there before the platform's namespace and goes after it, because a balancer whose controller is gone is
 * never taken down, and then neither is the network.
 */
export class Controllers extends pulumi.ComponentResource {
  readonly storageClass = "encrypted-gp3";
  /** What the platform's namespace comes after. */
  readonly ready: readonly pulumi.Resource[];
  readonly #name: string;
  readonly #args: ControllersArgs;

  constructor(name: string, args: ControllersArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:cluster:EksControllers", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const volumes = this.volumes();
    const balancer = this.balancer();
    // While the balancers' controller starts, its webhook is asked about the pods that it selects; one after the other.
    const autoscaler = this.autoscaler(balancer);
    this.ready = [volumes, balancer.release, autoscaler.release, ...this.dnsSolver()];
    this.registerOutputs({});
  }

  /** A volume is made in the zone of the pod that needs it, can grow, and is encrypted with the stack's key. */
  private volumes(): storage.StorageClass {
    return new storage.StorageClass(
      `${this.#name}-volumes`,
      {
        metadata: {
          name: this.storageClass,
          labels: ownLabels,
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true", kmsKeyId: this.#args.keyArn },
        reclaimPolicy: "Delete",
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
      },
      { parent: this, deletedWith: this.#args.lifetime },
    );
  }

  /**
   * Public Services by the AWS Load Balancer Controller, and not by the one that EKS Auto Mode brings. Auto Mode would
   * save this chart, its role and its updates. Against it: its balancers do not take the PROXY protocol and other
   * attributes that are set on target groups (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4294),
   * on which NGINX and the balancer have to agree; its version is not ours to pin or to look into; it balances for, and
   * its volumes attach to, nodes of Auto Mode only, which are managed in another way and cost a twelfth more.
   *
   * Turned off is everything that this platform has no use for: Ingress and its classes, WAF, Shield, and every change of
   * security groups. So is the webhook that would make it the controller of every Service: ours name their class, and
   * while the controller is away a webhook on Services stops everyone's. Region and network are told, because pods
   * cannot ask the node's metadata. The readiness gate's webhook lets pods pass while it is away (the chart's default):
   * the pods that go are kept for as long as the balancer needs anyway.
   */
  private balancer(): HelmChart {
    const { account } = this.#args;
    const serviceAccount = { namespace: system, name: "aws-load-balancer-controller" };
    const identity = podIdentity(
      `${this.#name}-balancer`,
      {
        account,
        clusterName: this.#args.clusterName,
        serviceAccount,
        description: "Makes load balancers for Services",
        policy: balancerPolicy(account),
      },
      { parent: this },
    );
    return new HelmChart(
      `${this.#name}-balancer`,
      {
        chart: "aws-load-balancer-controller",
        repository: "https://aws.github.io/eks-charts",
        version: "3.5.0",
        namespace: system,
        releaseName: serviceAccount.name,
        values: {
          clusterName: this.#args.clusterName,
          region: account.region,
          vpcId: this.#args.vpcId,
          replicaCount: 2,
          podDisruptionBudget: { maxUnavailable: 1 },
          serviceAccount: { create: true, name: serviceAccount.name },
          nodeSelector: this.#args.nodeSelector,
          resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
          defaultTags: account.tags,
          defaultTargetType: "ip",
          enableServiceMutatorWebhook: false,
          enableBackendSecurityGroup: false,
          enableManageBackendSecurityGroupRules: false,
          createIngressClassResource: false,
          ingressClassParams: { create: false },
          enableShield: false,
          enableWaf: false,
          enableWafv2: false,
        },
      },
      { parent: this, deletedWith: this.#args.lifetime, dependsOn: identity },
    );
  }

  /**
   * Node groups do not grow by themselves. The autoscaler's release follows the cluster's version, whose scheduler it
   * foresees; it exchanges no node that a disruption budget keeps, and waits for pods as long as they may take to end.
   */
  private autoscaler(after: HelmChart): HelmChart {
    const { account } = this.#args;
    const serviceAccount = { namespace: system, name: "cluster-autoscaler" };
    const identity = podIdentity(
      `${this.#name}-autoscaler`,
      {
        account,
        clusterName: this.#args.clusterName,
        serviceAccount,
        description: "Changes the number of nodes",
        policy: autoscalerPolicy(account),
      },
      { parent: this },
    );
    return new HelmChart(
      `${this.#name}-autoscaler`,
      {
        chart: "cluster-autoscaler",
        repository: "https://kubernetes.github.io/autoscaler",
        version: "9.59.0",
        namespace: system,
        releaseName: serviceAccount.name,
        values: {
          fullnameOverride: serviceAccount.name,
          cloudProvider: "aws",
          awsRegion: account.region,
          autoDiscovery: { clusterName: this.#args.clusterName },
          image: { tag: `v${this.#args.version}.0` },
          replicaCount: 2,
          rbac: { serviceAccount: { create: true, name: serviceAccount.name } },
          nodeSelector: this.#args.nodeSelector,
          resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "1Gi" } },
          extraArgs: {
            v: 2,
            "balance-similar-node-groups": true,
            "skip-nodes-with-system-pods": false,
            "skip-nodes-with-local-storage": false,
            expander: "least-waste",
            "max-graceful-termination-sec": 600,
          },
        },
      },
      { parent: this, deletedWith: this.#args.lifetime, dependsOn: [...identity, after.release] },
    );
  }

  /** cert-manager's rights, where the stack keeps the zone; its pods get them when they are made. */
  private dnsSolver(): pulumi.Resource[] {
    const { account, dnsZone, hostnames } = this.#args;
    if (!dnsZone) return [];
    return podIdentity(
      `${this.#name}-dns-solver`,
      {
        account,
        clusterName: this.#args.clusterName,
        serviceAccount: certManagerAccount,
        description: "Proves host names by DNS records",
        policy: dnsSolverPolicy(account, dnsZone.id, hostnames),
      },
      { parent: this },
    );
  }
}
