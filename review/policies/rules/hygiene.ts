import type { Complaint } from "../../../components/clouds/shared/facts/demand";
import { at, fieldsOf, isHidden, isSame, stated, textOf } from "../../../components/clouds/shared/facts/value";
import { factsOf } from "../../../components/facts";
import { kindOf, type Resource } from "../../../engine/resources/resource";
import { demanded, isProtected, made } from "../demand";
import type { Rule, StackComplaint } from "../model";

const protectedData: Rule = {
  name: "data-protected",
  level: "mandatory",
  description:
    "In a protected stack nobody can delete what holds data or what leads to it. Pulumi refuses it, and so does the cloud where it can.",
  why: "A renamed resource is deleted and made anew, and a deleted database is its data.",
  source: "Pulumi: the protect option; AWS Security Hub RDS.8; Cloud SQL: deletion protection",
  stack: (resources) =>
    !isProtected(resources)
      ? []
      : made(resources).flatMap((resource): StackComplaint[] => {
          const { urn, inputs, type, protect } = resource;
          const guards = factsOf(type)?.guards;
          const holds = guards !== undefined || isOwnNamespace(resource, resources);
          const found: Complaint[] = [];
          if (holds && !protect)
            found.push({
              message: "protect is false",
              todo: "keep protection(…) of components/stack/protection.ts; what may be lost is named in `operations.unprotected`",
            });
          for (const path of guards ?? []) {
            const value = at(inputs, path);
            if (!isHidden(value) && !isSame(value, true) && protect)
              found.push({
                message: `${stated(path, value)}, and must be true`,
                todo: "`operations.protect` sets it (components/stack/protection.ts)",
              });
          }
          return found.map((complaint) => ({ ...complaint, urn }));
        }),
};

/** The namespace that the product's own volumes stand in. */
function isOwnNamespace(resource: Resource, resources: readonly Resource[]): boolean {
  if (kindOf(resource.type) !== "Namespace" || !resource.type.startsWith("kubernetes:")) return false;
  const name = at(resource.inputs, "metadata.name");
  return (
    textOf(name) !== undefined &&
    resources.some(({ type, inputs }) => kindOf(type) === "Deployment" && at(inputs, "metadata.namespace") === name)
  );
}

const podSecurity: Rule = {
  name: "namespace-pod-security",
  level: "mandatory",
  description: "A namespace takes only pods that keep to the restricted Pod Security Standard.",
  why: "What the program keeps to, the cluster then also asks of what others put there.",
  source: "Kubernetes: enforce Pod Security Standards with namespace labels; CIS Kubernetes 5.2.1",
  resource: demanded("namespace-pod-security"),
};

/** Objects that belong to no namespace. */
const ofCluster =
  /:(Namespace|StorageClass|ClusterIssuer|ClusterRole|ClusterRoleBinding|PriorityClass|CustomResourceDefinition)$/;
/** A chart labels what it makes itself. */
const isOwnObject = ({ type }: Resource) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/");

const inNamespace: Rule = {
  name: "own-namespace",
  level: "mandatory",
  description: "Every object stands in a namespace that is named, and not in `default` or one of the cluster's own.",
  why: "Rights, network policies and quotas are of a namespace: in `default` nothing is refused.",
  source: "CIS Kubernetes 5.7.1, 5.7.4",
  resource: (resource) => {
    if (!isOwnObject(resource) || ofCluster.test(resource.type)) return [];
    const value = at(resource.inputs, "metadata.namespace");
    if (isHidden(value) || (value !== undefined && !/^(default|kube-.*)$/.test(String(value)))) return [];
    return [
      {
        message: `${stated("metadata.namespace", value)}`,
        todo: "give it the stack's namespace (`cluster.namespace`)",
      },
    ];
  },
};

const wantedLabels = { "app.kubernetes.io/part-of": "switchboard", "app.kubernetes.io/managed-by": "pulumi" };

const labelled: Rule = {
  name: "labelled",
  level: "mandatory",
  description: "Every object says what it is part of and who keeps it; in a cloud the provider says it for all.",
  why: "Costs, logs and what is left over after a stack are found by it.",
  source: "Kubernetes: recommended labels; AWS Well-Architected COST03-BP02",
  resource: (resource) => {
    const todo = "give it standardLabels of components/naming.ts";
    if (/^pulumi:providers:(aws|gcp)$/.test(resource.type)) return cloudLabels(resource);
    if (!isOwnObject(resource)) return [];
    const labels = at(resource.inputs, "metadata.labels");
    if (isHidden(labels)) return [];
    return Object.entries(wantedLabels).flatMap(([key, wanted]) => {
      const value = fieldsOf(labels)[key];
      return isHidden(value) || value === wanted
        ? []
        : [{ message: `${stated(`metadata.labels[${key}]`, value)}, and must be "${wanted}"`, todo }];
    });
  },
};

/** Default tags stand in a provider as a map or as JSON. */
function cloudLabels({ inputs, type }: Resource): Complaint[] {
  const path = type.endsWith("aws") ? "defaultTags" : "defaultLabels";
  const value = at(inputs, path);
  if (isHidden(value)) return [];
  const given = parsed(value);
  const tags = type.endsWith("aws") ? at(given, "tags") : given;
  if (isHidden(tags)) return [];
  const file = type.endsWith("aws") ? "components/clouds/aws/account.ts" : "components/clouds/gcp/project.ts";
  return ["part-of", "managed-by", "stage"].flatMap((key) =>
    fieldsOf(tags)[key] === undefined
      ? [{ message: `${path}: ${key} is not set`, todo: `name it in ${file}; the stage is \`operations.stage\`` }]
      : [],
  );
}

function parsed(value: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) return value;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const providersExplicit: Rule = {
  name: "provider-explicit",
  level: "mandatory",
  description: "Every resource uses a provider that the program made, none a default one.",
  why: "A default provider takes whatever credentials, account or kubeconfig are current on the machine.",
  source: "Pulumi: default and explicit providers, pulumi:disable-default-providers",
  stack: (resources) => {
    const own = new Set(
      resources.flatMap(({ type, name }) => (isProvider(type) && !isDefault(name) ? [type.split(":")[2]] : [])),
    );
    return made(resources).flatMap((resource): StackComplaint[] => {
      const owner = resource.type.split(":")[0]!;
      if (isProvider(resource.type)) {
        if (!isDefault(resource.name)) return [];
        return [
          {
            urn: resource.urn,
            message: `name is ${JSON.stringify(resource.name)}, a default provider`,
            todo: explicit,
          },
        ];
      }
      return owner === "pulumi" || own.has(owner)
        ? []
        : [
            {
              urn: resource.urn,
              message: `provider is not set: no pulumi:providers:${owner} is in the stack`,
              todo: explicit,
            },
          ];
    });
  },
};

const explicit =
  "pass the cluster's provider by its parent (components/clouds/index.ts); keep pulumi:disable-default-providers in the stack's file";
const isProvider = (type: string) => type.startsWith("pulumi:providers:");
const isDefault = (name: string) => /^default(_\d+_\d+_\d+.*)?$/.test(name);

const charts: Rule = {
  name: "chart-pinned",
  level: "mandatory",
  description: "A Helm chart has a version, comes by HTTPS, and is taken back as a whole when it fails.",
  why: "Without a version the next `up` installs whatever is newest, and half a chart is none.",
  source: "Helm: install, --version and --atomic; Pulumi: kubernetes.helm.v3.Release",
  resource: demanded("chart-pinned"),
};

/** What keeps a stack in order. */
export const hygiene: readonly Rule[] = [protectedData, podSecurity, inNamespace, labelled, providersExplicit, charts];
