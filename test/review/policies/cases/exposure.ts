import { internetBlocks } from "../../../../components/network/internet";
import { k8s, on, type RuleCase } from "../change";

const rds = on("prod-eks", "aws:rds/instance:Instance", "postgres-instance");
const cloudSql = on("prod", "gcp:sql/databaseInstance:DatabaseInstance", "postgres-instance");
const eks = on("prod-eks", "aws:eks/cluster:Cluster", "cluster-control-plane-cluster");
const gke = on("prod", "gcp:container/cluster:Cluster", "cluster-gke");
const https = on("prod-eks", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cluster-entrance-https");
const toPostgres = on(
  "prod-eks",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "postgres-access-from-pods",
);
const defaultGroup = on(
  "prod-eks",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "cluster-network-default-group",
);
const nginx = on("dev", k8s("core/v1:ConfigMap"), "edge-config");
const nginxProd = on("prod", k8s("core/v1:ConfigMap"), "edge-config");
const conf = 'data["nginx.conf"]';
const component = 'metadata.labels["app.kubernetes.io/component"]';
const replaced = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

const panel = on("dev", k8s("core/v1:Service"), "panel-service");
const edge = on("prod", k8s("core/v1:Service"), "edge-service");
const denyAll = on("dev", k8s("networking.k8s.io/v1:NetworkPolicy"), "policies-deny-all");
const panelPolicy = on("dev", k8s("networking.k8s.io/v1:NetworkPolicy"), "policies-panel-web");
const edgePolicy = on("dev", k8s("networking.k8s.io/v1:NetworkPolicy"), "policies-edge-proxy");

export const exposure: Record<string, RuleCase> = {
  "database-not-public": {
    passes: [
      rds({ publiclyAccessible: undefined }),
      cloudSql({ "settings.ipConfiguration.authorizedNetworks": [] }),
      cloudSql({ "settings.ipConfiguration.ipv4Enabled": "false" }),
    ],
    fails: [
      rds({ publiclyAccessible: true }, "publiclyAccessible is true"),
      cloudSql({ "settings.ipConfiguration.ipv4Enabled": true }, "settings.ipConfiguration.ipv4Enabled is true"),
      cloudSql({ "settings.ipConfiguration.ipv4Enabled": undefined }, "ipv4Enabled is not set"),
      cloudSql(
        { "settings.ipConfiguration.authorizedNetworks": [{ value: "198.51.100.0/24" }] },
        'settings.ipConfiguration.authorizedNetworks is [{"value":"198.51.100.0/24"}]',
      ),
    ],
  },
  "cluster-api-not-open": {
    passes: [
      eks({ "vpcConfig.endpointPublicAccess": false, "vpcConfig.publicAccessCidrs": undefined }),
      gke({
        "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled": true,
        "masterAuthorizedNetworksConfig.cidrBlocks": [{ cidrBlock: "203.0.113.0/24" }],
      }),
    ],
    fails: [
      eks({ "vpcConfig.publicAccessCidrs": ["0.0.0.0/0"] }, 'vpcConfig.publicAccessCidrs is ["0.0.0.0/0"]'),
      eks({ "vpcConfig.publicAccessCidrs": undefined }, "vpcConfig.publicAccessCidrs is not set"),
      eks({ "vpcConfig.publicAccessCidrs": ["203.0.113.0/24", "::/0"] }, '"::/0"'),
      gke({ "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled": true }, "cidrBlocks is not set"),
      gke(
        {
          "controlPlaneEndpointsConfig.ipEndpointsConfig.enabled": true,
          "masterAuthorizedNetworksConfig.cidrBlocks": [{ cidrBlock: "0.0.0.0/0" }],
        },
        'masterAuthorizedNetworksConfig.cidrBlocks is [{"cidrBlock":"0.0.0.0/0"}]',
      ),
    ],
  },
  "nodes-private": {
    passes: [
      on("prod-eks", "aws:ec2/subnet:Subnet", "cluster-network-public-eu-west-1a")({ mapPublicIpOnLaunch: undefined }),
    ],
    fails: [
      on(
        "prod-eks",
        "aws:ec2/subnet:Subnet",
        "cluster-network-public-eu-west-1a",
      )({ mapPublicIpOnLaunch: true }, "mapPublicIpOnLaunch is true"),
      on(
        "prod-eks",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "cluster-pools-apps-template",
      )(
        { networkInterfaces: [{ associatePublicIpAddress: "true" }] },
        'networkInterfaces[0].associatePublicIpAddress is "true"',
      ),
      on(
        "prod",
        "gcp:container/nodePool:NodePool",
        "cluster-pools-apps",
      )({ "networkConfig.enablePrivateNodes": false }, "networkConfig.enablePrivateNodes is false"),
      gke(
        { "privateClusterConfig.enablePrivateNodes": undefined },
        "privateClusterConfig.enablePrivateNodes is not set",
      ),
    ],
  },
  "firewall-not-open": {
    passes: [
      https({ fromPort: 80, toPort: 80 }),
      toPostgres({ cidrIpv4: "10.64.0.0/16" }),
      defaultGroup({ ingress: [{ cidrBlocks: ["0.0.0.0/0"], fromPort: 443, toPort: 443 }] }),
    ],
    fails: [
      https({ fromPort: 22, toPort: 22 }, 'cidrIpv4 is "0.0.0.0/0" for ports 22 to 22'),
      https({ toPort: 65535 }, "ports 443 to 65535"),
      toPostgres({ cidrIpv6: "::/0" }, 'cidrIpv6 is "::/0" for ports 5432 to 5432'),
      defaultGroup(
        { ingress: [{ cidrBlocks: ["0.0.0.0/0"], fromPort: 0, toPort: 0, protocol: "-1" }] },
        'ingress[0].cidrBlocks is "0.0.0.0/0"',
      ),
    ],
  },
  "tls-1.2-or-newer": {
    passes: [
      nginx({ [conf]: replaced("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1.3;") }),
      nginx({ [conf]: "server {\n  listen 8080;\n}\n" }),
    ],
    fails: [
      nginx(
        { [conf]: replaced("ssl_protocols TLSv1.2", "ssl_protocols TLSv1 TLSv1.2") },
        'ssl_protocols is "TLSv1 TLSv1.2 TLSv1.3"',
      ),
      nginx({ [conf]: replaced(/ssl_protocols[^;]*;/, "") }, "data[nginx.conf]: ssl_protocols is not set"),
      nginx({ [conf]: replaced(/ssl_protocols[^;]*;/, ""), [component]: "app" }, "ssl_protocols is not set"),
    ],
  },
  "hsts-on": {
    passes: [
      nginxProd({ [conf]: replaced(/max-age=\d+/g, "max-age=15768000") }),
      // A file of an app's own NGINX, which stands behind the public one.
      nginxProd({ [conf]: replaced(/max-age=\d+/g, "max-age=600"), [component]: "app" }),
    ],
    fails: [
      nginxProd({ [conf]: replaced(/max-age=\d+/g, "max-age=600") }, "Strict-Transport-Security max-age is 600"),
      nginxProd({ [conf]: replaced(/^.*Strict-Transport-Security.*$/gm, "") }, "max-age is not set"),
    ],
  },
  "balancer-only-at-edge": {
    passes: [panel({ "spec.type": "ClusterIP" }), edge({ "spec.type": "NodePort" }), panel({ "spec.externalIPs": [] })],
    fails: [
      panel({ "spec.type": "LoadBalancer" }, 'spec.type is "LoadBalancer"'),
      panel({ "spec.type": "NodePort" }, 'spec.type is "NodePort"'),
      panel({ "spec.externalIPs": ["198.51.100.7"] }, 'spec.externalIPs is ["198.51.100.7"]'),
    ],
  },
  "service-has-pods": {
    passes: [panel({ "spec.type": "ExternalName", "spec.selector": undefined })],
    fails: [
      panel({ 'spec.selector["app.kubernetes.io/component"]': "other" }, '"app.kubernetes.io/component":"other"'),
      panel({ "spec.selector": undefined }, "spec.selector is not set"),
    ],
  },
  "network-default-deny": {
    passes: [denyAll({ "spec.ingress": [], "spec.egress": [] })],
    fails: [
      denyAll({}, 'metadata.namespace is "switchboard", where no NetworkPolicy', {
        how: "removed",
        about: "chat-migrate-*",
      }),
      denyAll({ "spec.policyTypes": ["Ingress"] }, "refuses Ingress and Egress", { about: "chat-migrate-*" }),
      denyAll({ "spec.podSelector.matchLabels": { a: "b" } }, "spec.podSelector", { about: "chat-migrate-*" }),
    ],
  },
  "network-policy-not-open": {
    passes: [
      panelPolicy({ "spec.ingress[0].from[0].ipBlock": { cidr: "10.0.0.0/8" } }),
      edgePolicy({ "spec.ingress[0].from": [{ ipBlock: { cidr: "0.0.0.0/0" } }] }),
      panelPolicy({ "spec.egress[0].to": internetBlocks.map((ipBlock) => ({ ipBlock })) }),
    ],
    fails: [
      panelPolicy({ "spec.ingress[0].from": undefined }, "spec.ingress[0].from is not set"),
      panelPolicy({ "spec.egress[1].to": [] }, "spec.egress[1].to is []"),
      panelPolicy(
        { "spec.egress[0].to": [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
        'spec.egress[0].to is [{"ipBlock":{"cidr":"0.0.0.0/0"}}]',
      ),
      panelPolicy(
        { "spec.egress[0].to": [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.0.0/16"] } }] },
        "spec.egress[0].to is",
      ),
      panelPolicy(
        { "spec.egress[0].to": [{ ipBlock: { cidr: "::/0", except: ["fc00::/7"] } }] },
        "spec.egress[0].to is",
      ),
      panelPolicy({ "spec.egress[0]": { to: internetBlocks.map((ipBlock) => ({ ipBlock })) } }, "spec.egress[0].to is"),
      panelPolicy(
        { "spec.ingress[0].from": internetBlocks.map((ipBlock) => ({ ipBlock })) },
        "spec.ingress[0].from is",
      ),
      edgePolicy({ "spec.ingress[0].ports": undefined }, "spec.ingress[0].from is not set"),
    ],
  },
};
