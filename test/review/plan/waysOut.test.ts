import { chosenLabel } from "../../../components/naming";
import { internetBlocks } from "../../../components/network/internet";
import { create, gone, type RiskCase, testRisks, update } from "../../support/riskCases";

const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const podSelector = { matchLabels: { "app.kubernetes.io/name": "panel", "app.kubernetes.io/component": "web" } };
const rule = (to: object[], ...ports: number[]) => ({ to, ports: ports.map((port) => ({ protocol: "TCP", port })) });
const internet = internetBlocks.map((ipBlock) => ({ ipBlock }));
const mail = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mail" } },
  podSelector: { matchLabels: { app: "relay" } },
};
const chosen = (...egress: object[]) => ({
  metadata: { labels: { [chosenLabel]: "chosen" } },
  spec: { podSelector, policyTypes: ["Egress"], egress },
});
const needed = (...egress: object[]) => ({ spec: { podSelector, policyTypes: ["Egress"], egress } });

const cases: RiskCase[] = [
  {
    what: "a first way to the internet",
    ...create(policy, chosen(rule(internet, 587))),
    risk: "caution",
    says: /opens a way out: pods of panel \(web\) may connect to the internet at port 587\.$/,
  },
  {
    what: "a further port",
    ...update(policy, chosen(rule(internet, 443)), chosen(rule(internet, 443, 587))),
    risk: "caution",
    says: /the internet at port 587\.$/,
  },
  {
    what: "a network outside",
    ...create(policy, chosen(rule([{ ipBlock: { cidr: "10.20.0.0/16" } }], 5671))),
    risk: "caution",
    says: /10\.20\.0\.0\/16 at port 5671\.$/,
  },
  {
    what: "pods of another namespace",
    ...create(policy, chosen(rule([mail], 1025))),
    risk: "caution",
    says: /the pods app=relay in namespace mail at port 1025\.$/,
  },
  {
    what: "the internet in a policy of the platform itself",
    ...create(policy, needed({ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] })),
    risk: "caution",
    says: /the internet at every port\.$/,
  },
  {
    what: "a way that is kept",
    ...update(policy, chosen(rule(internet, 443)), chosen(rule(internet, 443))),
    risk: "safe",
  },
  {
    what: "a way that is closed",
    ...update(policy, chosen(rule(internet, 443, 587)), chosen(rule(internet, 443))),
    risk: "safe",
  },
  { what: "the last way that is closed", ...gone(policy, chosen(rule(internet, 443))), risk: "safe" },
  {
    what: "a way to a managed database",
    ...create(policy, needed(rule([{ ipBlock: { cidr: "10.64.200.0/24" } }], 5432))),
    risk: "safe",
  },
];

testRisks(cases);
