import { ResourceError } from "../provider";
import { type Properties, reveal } from "../values";
import { ApiError, type Client, type KubeObject } from "./client";

/** A kind as the API server serves it. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Where an object is. */
export interface Place {
  readonly namespace?: string;
  readonly name: string;
}

/** Kinds of the built-in groups that are in no namespace, for when the API server cannot be asked. */
const clusterScoped = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ComponentStatus",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "IngressClass",
  "IPAddress",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceSlice",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

/** The groups that every API server has. Others under k8s.io, such as the gateway's, are custom ones. */
const builtInGroups = new Set([
  "",
  "apps",
  "autoscaling",
  "batch",
  "policy",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);

/** Whether a kind lives in namespaces, from what is built in; undefined for custom kinds, which nobody can guess. */
export function isNamespacedByName(apiVersion: string, kind: string): boolean | undefined {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
  return builtInGroups.has(group) ? !clusterScoped.has(kind) : undefined;
}

/**
 * The API version and kind that a type token names, and whether it means some fields of an object of somebody else.
 * @example objectType("kubernetes:core/v1:Service") // { apiVersion: "v1", kind: "Service", isPatch: false }
 * @throws ResourceError for tokens that are no single Kubernetes object (charts, YAML files, lists)
 */
export function objectType(type: string): { apiVersion: string; kind: string; isPatch: boolean } {
  const [, module = "", named = ""] = type.split(":");
  const isPatch = named.endsWith("Patch");
  const kind = isPatch ? named.slice(0, -"Patch".length) : named;
  const unsupported = /^(helm|yaml|kustomize)\b/.test(module) || kind.endsWith("List") || !module.includes("/");
  if (unsupported) {
    throw new ResourceError(
      `${type}: the local kubernetes plugin makes single objects only; use the object's own resource`,
    );
  }
  return { apiVersion: module.startsWith("core/") ? module.slice("core/".length) : module, kind, isPatch };
}

/** `namespace/name`, or `name` for what is in no namespace: Pulumi's id of a Kubernetes object. */
export function idOf({ metadata }: KubeObject): string {
  return metadata?.namespace ? `${metadata.namespace}/${metadata.name}` : String(metadata?.name);
}

/** The place that an id names. */
export function placeOf(id: string): Place {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** The URL path of a kind's collection, or of one object. */
export function pathOf(kind: Kind, namespace: string | undefined, name?: string): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const folder = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
  return `${root}${folder}/${kind.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

interface ResourceList {
  readonly resources: { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** Asks the API server what it serves, once per group and version. */
export class Discovery {
  private readonly known = new Map<string, Promise<ResourceList>>();

  constructor(private readonly client: Client) {}

  /** The kind, or undefined when the server does not serve it (yet: its definition may be made in the same `up`). */
  async find(apiVersion: string, kind: string): Promise<Kind | undefined> {
    const list = await this.list(apiVersion);
    const found = list.resources.find((resource) => resource.kind === kind && !resource.name.includes("/"));
    if (!found) this.known.delete(apiVersion);
    return found && { apiVersion, kind, plural: found.name, namespaced: found.namespaced };
  }

  private list(apiVersion: string): Promise<ResourceList> {
    let list = this.known.get(apiVersion);
    if (!list) {
      list = this.ask(apiVersion);
      this.known.set(apiVersion, list);
      list.catch(() => this.known.delete(apiVersion));
    }
    return list;
  }

  private async ask(apiVersion: string): Promise<ResourceList> {
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    try {
      return await this.client.json<ResourceList>({ method: "GET", path });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { resources: [] };
      throw error;
    }
  }
}

/** API version and kind: the object's own, else the type token's. */
export function typeOf(type: string, object: Properties): { apiVersion: string; kind: string } {
  const { apiVersion, kind } = reveal(object);
  const named = objectType(type);
  return {
    apiVersion: typeof apiVersion === "string" ? apiVersion : named.apiVersion,
    kind: typeof kind === "string" ? kind : named.kind,
  };
}
