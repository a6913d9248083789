import * as core from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster, ClusterTraits } from "../../contracts";
import { kubectlWords, useContextWords } from "../../kubernetes/access";
import { dnsOf } from "./dns";
import { deregistrationSeconds } from "./loadBalancer";
import type { ExistingClusterSettings } from "./settings";

const anywhere = { nodeSelector: {}, tolerations: [] };

/**
 * A cluster that is there already: kind, k3s, minikube, the local nodes, or anything else in a kubeconfig. It makes
 * nothing in it. The provider is tied to `name` and not to the kubeconfig, so that a new endpoint, certificate or token
 * does not replace what runs there. Kubeconfig and context are always given, so that an ambient kubeconfig is never used
 * (the provider's releases up to 4.34 have no switch for that). Where `uid` is set, a kubeconfig that has come to mean
 * another cluster is refused before anything is put there.
 */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly name: string;
  readonly provider: Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly accessCommand: string;
  readonly kubectl: string;
  readonly traits: ClusterTraits;
  readonly cloud = undefined;
  readonly lifetime = undefined;
  readonly ready = [];

  constructor(name: string, settings: ExistingClusterSettings, opts: pulumi.ComponentResourceOptions = {}) {
    super("switchboard:cluster:ExistingCluster", name, {}, opts);
    const unguarded = pulumi.secret(settings.kubeconfig.text);
    this.name = settings.context;
    this.traits = traitsOf(settings);
    const named = { context: settings.context, kubeconfig: settings.kubeconfig.file };
    const kubectl = kubectlWords(named);
    this.kubectl = kubectl;
    this.accessCommand = useContextWords(named);
    this.kubeconfig = settings.uid ? guarded(this, settings.uid) : unguarded;
    this.provider = createProvider(`${name}-provider`, this.kubeconfig, this);
    this.registerOutputs({ name: this.name });

    function createProvider(name: string, kubeconfig: pulumi.Input<string>, parent: pulumi.Resource): Provider {
      return new Provider(
        name,
        { kubeconfig, context: settings.context, clusterIdentifier: settings.context, enableServerSideApply: true },
        { parent },
      );
    }

    /** The kubeconfig, once the cluster it leads to has been asked who it is. */
    function guarded(parent: pulumi.Resource, uid: string): pulumi.Output<string> {
      const asker = createProvider(`${name}-asker`, unguarded, parent);
      const system = core.Namespace.get(`${name}-system`, "kube-system", { parent, provider: asker });
      return pulumi.all([unguarded, system.metadata.uid]).apply(([kubeconfig, found]) => {
        if (found === uid) return kubeconfig;
        throw new pulumi.RunError(
          `cluster.uid: context "${settings.context}" leads to cluster ${found}, this stack belongs to ${uid}; ` +
            "choose the right context, or set cluster.uid to the new cluster's: " +
            `${kubectl} get namespace kube-system -o jsonpath={.metadata.uid}`,
        );
      });
    }
  }
}

function traitsOf({ dns }: ExistingClusterSettings): ClusterTraits {
  return {
    storageClass: undefined,
    namespaceLabels: {},
    placement: { apps: anywhere, data: anywhere },
    // `Local` keeps the client's address. Balancers that follow the health of a node's endpoints send only to nodes
    // that run the proxy: the local nodes', k3s' and MetalLB do.
    publicService: () => ({
      annotations: {},
      loadBalancerClass: undefined,
      externalTrafficPolicy: "Local",
      asksHealthPort: false,
      takesNodePorts: true,
    }),
    deregistrationSeconds,
    acmeDnsSolver: undefined,
    dns: dnsOf(dns),
    appAccess: undefined,
  };
}
