import type { Asked } from "../../../components/clouds/shared/doctor/ask";
import { advice, type Finding, failed, ok, unclear, type World } from "../../../components/clouds/shared/doctor/model";
import { holds } from "../../../components/schema/values/network";
import type { Check, Subject } from "../subject";
import { askCluster } from "./askCluster";

/** The kind that the operator brings. */
const definition = "clusters.postgresql.cnpg.io";
const install = "install the CloudNativePG operator (https://cloudnative-pg.io), 1.25 or newer";

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly versions?: readonly { readonly name: string; readonly schema?: unknown }[] };
}
interface Pod {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly phase?: string };
}
interface EndpointSlice {
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[] | null;
  readonly ports?: readonly { readonly port?: number }[] | null;
}
type Listed<T> = { readonly items?: readonly T[] };
type Operated = Extract<Subject["settings"]["postgres"], { readonly kind: "cloudNativePg" }>;

/** A Postgres that an operator runs: whether the operator is there, and whether its servers can reach the API server. */
export const cloudNativePg: Check = {
  area: "CloudNativePG",
  applies: ({ target, settings, first }) =>
    settings.postgres?.kind === "cloudNativePg" && !target.local && !(settings.cluster.kind !== "existing" && first),
  async run(subject, world) {
    const { operator, apiServer } = subject.settings.postgres as Operated;
    const labels = Object.entries(operator.podLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const [definitions, pods, slices] = await Promise.all([
      list<Definition>(subject, world, "kinds of the cluster", "customresourcedefinitions", [
        "--field-selector",
        `metadata.name=${definition}`,
      ]),
      list<Pod>(subject, world, "the operator's pods", "pods", [
        "--namespace",
        operator.namespace,
        "--selector",
        labels,
      ]),
      list<EndpointSlice>(subject, world, "addresses of the API server", "endpointslices.discovery.k8s.io", [
        ...["--namespace", "default", "--selector", "kubernetes.io/service-name=kubernetes"],
      ]),
    ]);
    const kind = kindFindings(definitions);
    // Without the kind there is no operator to look for.
    const rest = kind.every(({ status }) => status !== "failed")
      ? operatorFindings(pods, operator.namespace, labels)
      : [];
    return [...kind, ...rest, ...apiServerFindings(slices, apiServer)];
  },
};

function list<T>(subject: Subject, world: World, what: string, kind: string, args: readonly string[]) {
  return askCluster<Listed<T>>(subject, world, what, "get", kind, ...args);
}

function kindFindings(asked: Asked<Listed<Definition>>): Finding[] {
  if ("finding" in asked) return [asked.finding];
  const [found] = asked.value.items ?? [];
  if (!found) return [failed("postgres.kind: the cluster has no Cluster of postgresql.cnpg.io", install)];
  const version = found.spec?.versions?.find(({ name }) => name === "v1");
  // A field of 1.25, without which a commit would wait for a copy in another way than the settings say.
  if (!version || !JSON.stringify(version.schema ?? {}).includes('"dataDurability"'))
    return [failed("postgres.kind: the operator's Cluster is of a release before 1.25", `upgrade it: ${install}`)];
  return [ok("the cluster knows the kind Cluster of postgresql.cnpg.io")];
}

function operatorFindings(asked: Asked<Listed<Pod>>, namespace: string, labels: string): Finding[] {
  if ("finding" in asked) return [asked.finding];
  const all = asked.value.items ?? [];
  const where = `namespace ${namespace} with ${labels}`;
  if (all.length === 0)
    return [
      failed(
        `postgres.operator: there is no pod in ${where}, so that the network policies keep the operator out`,
        "set postgres.operator.namespace and podLabels to those of the operator's pods: kubectl get pods --all-namespaces --show-labels",
      ),
    ];
  if (all.some(({ status }) => status?.phase === "Running")) return [ok(`the operator runs in ${where}`)];
  return [advice(`postgres.operator: no pod in ${where} runs`, `kubectl --namespace ${namespace} describe pods`)];
}

function apiServerFindings(asked: Asked<Listed<EndpointSlice>>, { networks, ports }: Operated["apiServer"]): Finding[] {
  if ("finding" in asked) return [asked.finding];
  const slices = asked.value.items ?? [];
  const addresses = slices.flatMap(({ endpoints }) => (endpoints ?? []).flatMap((each) => each.addresses ?? []));
  const numbers = slices.flatMap((slice) =>
    (slice.ports ?? []).flatMap(({ port }) => (port === undefined ? [] : [port])),
  );
  if (addresses.length === 0)
    return [
      unclear("where the API server is for pods is not known", "see kubectl get endpointslices --namespace default"),
    ];
  const cidrs = networks.flatMap((network) => (network === "internet" ? [] : [network.cidr]));
  const outside = networks.includes("internet")
    ? []
    : addresses.filter((address) => !cidrs.some((cidr) => holds(cidr, address)));
  const closed = numbers.filter((port) => !ports.includes(port));
  if (outside.length === 0 && closed.length === 0)
    return [ok(`the servers may reach the API server at ${addresses.join(", ")}`)];
  return [
    ...(outside.length > 0
      ? [
          failed(
            `postgres.apiServer.networks: ${outside.join(", ")} of the API server is in none of ${cidrs.join(", ")}`,
            "name its network there: servers that do not reach it do not start",
          ),
        ]
      : []),
    ...(closed.length > 0
      ? [
          failed(
            `postgres.apiServer.ports: ${closed.join(", ")} of the API server is none of ${ports.join(", ")}`,
            "name it there: servers that do not reach it do not start",
          ),
        ]
      : []),
  ];
}
