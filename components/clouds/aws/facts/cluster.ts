import { unknownValue } from "../../../../lib/engineValues";
import { unknown } from "../../../../lib/masking/marks";
import { storageClassType } from "../../../kubernetes/facts/storageClass";
import type { Facts, Inputs } from "../../shared/facts";
import type { Bill, Written } from "../../shared/facts/bill";
import { show } from "../../shared/facts/count";
import { all, demand, exactly, given, holdsAll } from "../../shared/facts/demand";
import { becomes, fixed, isExchanged, isRemoved } from "../../shared/facts/fixed";
import { type Opening, ranges } from "../../shared/facts/openings";
import { range } from "../../shared/facts/range";
import { controlPlaneMoves, type DriftedValue, lost, other, publicApi, turned } from "../../shared/facts/risk";
import { at, isEveryone, isObject, isSame, stated } from "../../shared/facts/value";
import { doorsOf } from "../doorTags";
import { arn, region, regionOf, textOr } from "./values";

const file = "components/clouds/aws/controlPlane.ts";
const door = "the door of a deployment that runs";

/** By which a deployed stack's cluster is found in its state. */
export const clusterType = "aws:eks/cluster:Cluster";

/** The cluster of EKS. */
export const cluster: Facts = {
  [clusterType]: {
    stateful: lost.cluster,
    openings,
    watch: [other("version", controlPlaneMoves), turned("vpcConfig.endpointPublicAccess", true, publicApi)],
    keptByOthers: [
      { path: /^(tags|tagsAll)\["switchboard\.dev\/open-to-/, kind: "add", why: door },
      { path: /^vpcConfig\.(endpointPublicAccess|publicAccessCidrs)\b/, when: isDoor, why: door },
    ],
    demands: {
      "cluster-api-not-open": (inputs) => {
        if (isSame(at(inputs, "vpcConfig.endpointPublicAccess"), false)) return [];
        const path = "vpcConfig.publicAccessCidrs";
        const cidrs = at(inputs, path);
        // Without any EKS opens it to everybody.
        const open = cidrs === undefined || (Array.isArray(cidrs) && (cidrs.length === 0 || cidrs.some(isEveryone)));
        const todo =
          "list the networks that you deploy from in `cluster.api.allowedCidrs`, or close it with `cluster.api.public`: false";
        return open ? [{ message: `${stated(path, cidrs)}, which is everybody`, todo }] : [];
      },
      "control-plane-logs": holdsAll(
        "enabledClusterLogTypes",
        ["api", "audit", "authenticator"],
        `name them in ${file}`,
      ),
      "cluster-secrets-encrypted": all(
        holdsAll("encryptionConfig.resources", ["secrets"], `set encryptionConfig in ${file}`),
        demand("encryptionConfig.provider.keyArn", given, `give the cluster's key in ${file}`),
      ),
      "cluster-legacy-access-off": demand(
        "accessConfig.authenticationMode",
        exactly("API"),
        `set authenticationMode in ${file}`,
      ),
    },
    guards: ["deletionProtection"],
    price,
    answer: (inputs, { preview }) =>
      preview
        ? // What the program says of the network is known, and nobody knows yet which group EKS will make.
          { vpcConfig: { ...inputs.vpcConfig, clusterSecurityGroupId: unknownValue } }
        : {
            arn: arn("eks", `cluster/${inputs.name}`),
            endpoint: `https://0123456789ABCDEF0123456789ABCDEF.gr7.${region}.eks.amazonaws.com`,
            certificateAuthority: { data: "YXV0aG9yaXR5" },
            vpcConfig: { ...inputs.vpcConfig, clusterSecurityGroupId: "sg-0123456789abcdef0" },
          },
    fixed: fixed(
      "eks/cluster.go",
      "accessConfig.bootstrapClusterCreatorAdminPermissions bootstrapSelfManagedAddons kubernetesNetworkConfig.ipFamily " +
        "kubernetesNetworkConfig.serviceIpv4Cidr name outpostConfig roleArn",
      {
        named: "name",
        sometimes: {
          "computeConfig.nodeRoleArn": isExchanged,
          encryptionConfig: isRemoved,
          "vpcConfig.controlPlaneEgressMode": becomes("AWS_MANAGED", "AWS_MANAGED"),
        },
      },
    ),
    importId: "{name}",
    wait: { words: "eks wait cluster-active", flags: { "--name": "name" } },
    // https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2446
    leaves: ({ inputs = {}, outputs = {} }) => {
      const group = `/aws/eks/${textOr(outputs.name ?? inputs.name)}/cluster`;
      return [
        {
          what: `perhaps the log group ${group}: EKS makes it anew for its last lines, and it is in the way of the next up`,
          todo: `after some minutes: aws logs delete-log-group --log-group-name ${group} --region ${regionOf(outputs)}`,
        },
      ];
    },
    cluster: {
      title: ({ version }, { region: named }) => [
        `EKS ${version}`,
        typeof named === "string" && named !== unknown ? named : undefined,
      ],
      balancer,
      disk,
    },
  },
};

function openings(inputs: Inputs): Opening[] {
  const vpcConfig = isObject(inputs.vpcConfig) ? inputs.vpcConfig : {};
  if (vpcConfig.endpointPublicAccess === false) return [];
  const cidrs = vpcConfig.publicAccessCidrs;
  const path = "vpcConfig.publicAccessCidrs";
  // AWS lets in everybody where nobody is named.
  if (!Array.isArray(cidrs) || cidrs.length === 0) {
    return vpcConfig.endpointPublicAccess === true ? [{ path, what: "everybody reaches the cluster's API" }] : [];
  }
  return ranges(cidrs, path, "the cluster's API");
}

/** Whether the API server is open to nobody else than the program and the cluster's own tags say (`doorTags.ts`). */
function isDoor({ path, before, after, resource }: DriftedValue): boolean {
  const doors = doorsOf(resource.after?.inputs?.tags ?? {}).map(({ address }) => `${address}/32`);
  if (doors.length === 0) return false;
  if (path.endsWith("endpointPublicAccess")) return after === true;
  const [had, has] = [before, after].map((value) => [value ?? []].flat());
  return has!.every((cidr) => had!.includes(cidr) || doors.includes(cidr as string));
}

/** The fee of a cluster; six times as much for a version in extended support, which a policy of STANDARD rules out. */
function price(bill: Bill, inputs: Inputs): Written {
  bill.charge({ what: "control plane", item: "eks.cluster", quantity: 1 });
  if (inputs.computeConfig?.enabled) bill.unpriced("Auto Mode", "the sheet has no prices of it");
  if (inputs.upgradePolicy?.supportType === "STANDARD") return;
  const [standard, extended] = ["eks.cluster", "eks.cluster.extended"].map((item) => bill.listPrice(item));
  if (!standard || !extended) return bill.unpriced("extended support", "the sheet has no price of it");
  const more = 1 - standard.low / extended.low;
  bill.charge({
    what: "extended support, if the version gets there",
    item: "eks.cluster.extended",
    quantity: range(0, 0, more),
  });
}

function balancer(bill: Bill, { loadBalancerClass: kind }: Inputs): Written {
  if (kind !== "service.k8s.aws/nlb") {
    return bill.unpriced(
      "its balancer",
      `the sheet has prices of service.k8s.aws/nlb only, and the class is ${show(kind)}`,
    );
  }
  bill.charge({ what: "Network Load Balancer", item: "balancer", quantity: 1 });
  bill.assume("balancer.capacity", "balancer.capacity", "its capacity units");
}

/** The class is one of the stack's own; without a name it is the default one. */
function disk(bill: Bill, named: unknown): string | undefined {
  const classes = bill.ofType(storageClassType).map(({ inputs }) => inputs as Inputs);
  const found = classes.find(({ metadata }) =>
    named === undefined
      ? metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true"
      : metadata?.name === named,
  );
  const type = found?.provisioner === "ebs.csi.aws.com" ? found.parameters?.type : undefined;
  return typeof type === "string" ? type : undefined;
}
