import type { Situation } from "../situation";

/** Changes of the cluster and its nodes. */
export const cluster: readonly Situation[] = [
  {
    name: "pool-new",
    about: "a pool of nodes for batch work",
    stack: "prod",
    to: ({ cluster }) => {
      cluster.pools.spare = { role: "apps", machineType: "e2-standard-4", min: 0, max: 3, spot: true };
    },
  },
  {
    name: "pool-removed",
    about: "a pool of nodes goes",
    stack: "prod",
    from: ({ cluster }) => {
      cluster.pools.spare = { role: "apps", machineType: "e2-standard-4", min: 0, max: 3, spot: true };
    },
  },
  {
    name: "pool-machine-type",
    about: "nodes of GKE get another machine type, exchanged within the pool",
    stack: "prod",
    to: ({ cluster }) => {
      cluster.pools.apps.machineType = "n2-standard-8";
      cluster.pools.apps.max = 6;
    },
  },
  {
    name: "pool-machine-type-eks",
    about: "nodes of EKS get another instance type, for which the group is made anew",
    stack: "prod-eks",
    to: ({ cluster }) => {
      cluster.pools.apps.machineType = "m7i.2xlarge";
    },
  },
  {
    name: "kubernetes-version",
    about: "EKS moves one minor version up, and its nodes follow",
    stack: "prod-eks",
    from: ({ cluster }) => {
      cluster.version = "1.35";
    },
  },
  {
    name: "namespace-renamed",
    about: "everything in the namespace is made anew in another one",
    stack: "dev",
    to: ({ cluster }) => {
      cluster.namespace = "platform";
    },
  },
  {
    name: "api-open-refused",
    about: "the cluster's API server is opened to everybody, which the program refuses",
    stack: "prod-eks",
    to: ({ cluster }) => {
      cluster.api.allowedCidrs = ["0.0.0.0/0"];
    },
  },
  {
    name: "api-open",
    about: "the same where nothing is protected, so that nobody refuses it",
    stack: "prod-eks",
    from: ({ operations }) => {
      operations.protect = false;
    },
    to: ({ cluster, operations }) => {
      operations.protect = false;
      cluster.api.allowedCidrs = ["0.0.0.0/0"];
    },
  },
  {
    name: "region-moved",
    about: "everything moves to another region, and nothing is protected",
    stack: "prod",
    from: ({ operations }) => {
      operations.protect = false;
    },
    to: ({ cluster, operations }) => {
      operations.protect = false;
      cluster.region = "europe-west4";
    },
  },
  {
    name: "api-public-gke",
    about: "the address of GKE's API server is opened to some networks",
    stack: "prod",
    to: ({ cluster }) => {
      cluster.api.allowedCidrs = ["198.51.100.0/24"];
    },
  },
  {
    name: "nat-one",
    about: "one NAT gateway instead of one for each zone: addresses are given back",
    stack: "prod-eks",
    to: ({ cluster }) => {
      cluster.natGateways = "one";
    },
  },
  {
    name: "administrator-new",
    about: "one more role may do everything in the cluster",
    stack: "prod-eks",
    to: ({ cluster }) => {
      cluster.access.administrators.push("arn:aws:iam::123456789012:role/contractor");
    },
  },
];
