import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Destination, Protection } from "../contracts";
import type { Claims } from "../contracts/guards";
import { dataVolume, firstClaim, ownLabels, selectorLabels, standardLabels } from "../naming";
import { type PodArgs, podTemplate, releaseOf } from "./podTemplate";
import { clusterService } from "./service";
import { createServiceAccount } from "./serviceAccount";

/** What a server with a disk is given. */
export interface StatefulServerArgs extends Omit<PodArgs, "serviceAccount" | "restartPolicy"> {
  readonly namespace: pulumi.Input<string>;
  readonly port: number;
  /** Further ports of the Service, by name. @default none */
  readonly furtherPorts?: Readonly<Record<string, number>>;
  readonly storage: string;
  /** undefined is the cluster's default class. */
  readonly storageClass: string | undefined;
  /** Where the volume is seen in the container. */
  readonly dataPath: string;
  readonly protection: Protection;
  readonly claims: Claims;
  readonly rolloutTimeoutSeconds: number;
  /** It has no pod, and its claim is kept. @default false */
  readonly stopped?: boolean;
  /** What must be there before it is changed. @default nothing more */
  readonly after?: readonly pulumi.Resource[];
}

/**
 * One server with one volume behind a Service of the same name. Both names are fixed: a StatefulSet under a new name
 * would start with an empty volume. The claim outlives the StatefulSet, and grows in its place: the StatefulSet and its pod
 * stay as they are. There is no disruption budget, because for one
 * replica it would only keep the node from being drained.
 */
export class StatefulServer extends pulumi.ComponentResource {
  /** Service name, known once the Service is there. */
  readonly host: pulumi.Output<string>;
  readonly destination: Destination;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: StatefulServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchboard:data:StatefulServer", name, {}, opts);
    const release = releaseOf(args);
    const metadata = { name, namespace: args.namespace, labels: standardLabels(args.identity, release) };

    const account = createServiceAccount(name, metadata, { parent: this });
    const service = clusterService(
      {
        ...{ name, namespace: args.namespace, identity: args.identity, release },
        ports: { [name]: args.port, ...args.furtherPorts },
      },
      { parent: this },
    );
    const server = new apps.StatefulSet(
      `${name}-server`,
      {
        metadata: { ...metadata, annotations: { "pulumi.com/timeoutSeconds": String(args.rolloutTimeoutSeconds) } },
        spec: {
          serviceName: name,
          replicas: args.stopped ? 0 : 1,
          selector: { matchLabels: selectorLabels(args.identity) },
          updateStrategy: { type: "RollingUpdate" },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          template: podTemplate({
            ...args,
            role: "data",
            serviceAccount: name,
            mounts: [{ name: dataVolume, mountPath: args.dataPath }, ...(args.mounts ?? [])],
          }),
          volumeClaimTemplates: [
            {
              metadata: { name: dataVolume },
              spec: {
                accessModes: ["ReadWriteOnce"],
                storageClassName: args.storageClass,
                resources: { requests: { storage: args.storage } },
              },
            },
          ],
        },
      },
      {
        parent: this,
        dependsOn: [account, ...(args.after ?? [])],
        protect: args.protection.covers(`${name}-server`),
        // They are what the claim was made from and never change; the claim itself has its size below.
        ignoreChanges: ["spec.volumeClaimTemplates"],
      },
    );
    new core.PersistentVolumeClaimPatch(
      `${name}-claim`,
      {
        // The size was set by who made the claim.
        metadata: {
          name: firstClaim(name),
          namespace: args.namespace,
          // Whose it is, and nothing that changes with a release.
          labels: ownLabels,
          annotations: { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" },
        },
        // The class is said to be seen: no claim changes it, and another one is refused before anything is tried.
        spec: { storageClassName: args.storageClass, resources: { requests: { storage: args.storage } } },
      },
      // Nothing of the claim is ever taken back: it outlives the StatefulSet, and with it the stack's interest in it.
      {
        parent: this,
        dependsOn: [server],
        retainOnDelete: true,
        ...args.claims.guard(`${name}-claim`, name),
      },
    );
    this.host = service.metadata.name;
    this.destination = { pods: args.identity, port: args.port };
    this.ready = [service, server];
    this.registerOutputs({ host: this.host });
  }
}
