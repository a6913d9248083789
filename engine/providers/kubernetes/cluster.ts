import { ResourceError } from "../provider";
import { ApiError, Client, type KubeObject } from "./client";
import { Discovery, isNamespacedByName, type Kind, type Place, pathOf } from "./discovery";
import { readKubeconfig } from "./kubeconfig";
import { fieldManager } from "./ownership";
import type { KubernetesSettings } from "./settings";

/** How long to wait for a custom kind whose definition is made in the same `up`, in milliseconds. */
const kindPatience = 30_000;

/** How an object is applied. */
export interface ApplyOptions {
  /** Say what would come of it and change nothing. */
  readonly dryRun?: boolean;
  /** Take fields from other managers. */
  readonly force?: boolean;
  /** The name under which the fields are owned. @default this provider's */
  readonly manager?: string;
  /** Told what the server warns about. */
  readonly onWarning?: (text: string) => void;
}

/** The objects of one cluster. */
export class Cluster {
  readonly client: Client;
  private readonly discovery: Discovery;
  /** For objects that name no namespace. */
  readonly defaultNamespace: string;

  constructor(readonly settings: KubernetesSettings) {
    const connection = readKubeconfig(settings.kubeconfig, settings.context);
    this.client = new Client(connection);
    this.discovery = new Discovery(this.client);
    this.defaultNamespace = settings.namespace ?? connection.namespace ?? "default";
  }

  /** Whether a kind lives in namespaces; undefined when neither the server nor the name can tell. */
  async isNamespaced(apiVersion: string, kind: string): Promise<boolean | undefined> {
    const builtIn = isNamespacedByName(apiVersion, kind);
    if (builtIn !== undefined) return builtIn;
    try {
      return (await this.discovery.find(apiVersion, kind))?.namespaced;
    } catch {
      return undefined;
    }
  }

  findKind(apiVersion: string, kind: string): Promise<Kind | undefined> {
    return this.discovery.find(apiVersion, kind);
  }

  /**
   * The kind, waited for if need be.
   * @throws ResourceError when the server does not serve it
   */
  async kind(apiVersion: string, kind: string): Promise<Kind> {
    for (const deadline = Date.now() + kindPatience; ; ) {
      const found = await this.findKind(apiVersion, kind);
      if (found) return found;
      // Only a custom kind can still appear.
      if (isNamespacedByName(apiVersion, kind) !== undefined || Date.now() > deadline) break;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const { server } = this.client.connection;
    throw new ResourceError(
      `${apiVersion} ${kind}: the API server ${server.href} does not serve it; check the spelling and version`,
    );
  }

  /** The live object, or undefined where there is none. */
  async get(kind: Kind, { namespace, name }: Place): Promise<KubeObject | undefined> {
    try {
      return await this.client.json({ method: "GET", path: pathOf(kind, namespace, name) });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Server-side apply. */
  apply(kind: Kind, object: KubeObject, { dryRun, force, manager, onWarning }: ApplyOptions = {}): Promise<KubeObject> {
    const { name, namespace } = object.metadata ?? {};
    return this.client.json({
      method: "PATCH",
      path: pathOf(kind, namespace, name),
      contentType: "application/apply-patch+yaml", // JSON is YAML
      query: {
        fieldManager: manager ?? fieldManager,
        fieldValidation: "Strict",
        ...(force ? { force: "true" } : {}),
        ...(dryRun ? { dryRun: "All" } : {}),
      },
      body: object,
      onWarning,
    });
  }

  /**
   * Asks for an object's deletion. With a uid, only the object that has it.
   * @returns whether there was such an object
   */
  async delete(kind: Kind, { namespace, name }: Place, propagationPolicy: string, uid?: string): Promise<boolean> {
    try {
      const body = { propagationPolicy, ...(uid ? { preconditions: { uid } } : {}) };
      await this.client.json({ method: "DELETE", path: pathOf(kind, namespace, name), body });
      return true;
    } catch (error) {
      // 409 answers the precondition: another object has taken the name, and ours is gone.
      if (error instanceof ApiError && (error.status === 404 || (error.status === 409 && uid))) return false;
      throw error;
    }
  }
}
