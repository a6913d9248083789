import { isNow, type Safeguard } from "../../components/clouds/shared/facts/risk";
import { factsOf } from "../../components/facts";
import type { Resource } from "../../engine/resources/resource";
import { isObject } from "./lists";
import { parsePath, valueAt } from "./paths";

const off = (before: unknown, after: unknown) => before === true && after !== true;
const on = (before: unknown, after: unknown) => before !== true && after === true;
const fewer = (before: unknown, after: unknown) => toNumber(before) > toNumber(after);
const gone = (before: unknown, after: unknown) => before !== undefined && after === undefined;

/** By the path, whatever the type: a team's own additions have them too. What only one type has is among its facts. */
const safeguards: readonly Safeguard[] = [
  { path: "deletionProtection", weaker: off, risk: "danger", loss: "the cloud lets it be deleted" },
  { path: "deletionProtectionEnabled", weaker: off, risk: "danger", loss: "the cloud lets it be deleted" },
  { path: "settings.deletionProtectionEnabled", weaker: off, risk: "danger", loss: "the cloud lets it be deleted" },
  { path: "skipFinalSnapshot", weaker: on, risk: "danger", loss: "no last snapshot is taken when it is deleted" },
  {
    path: "finalSnapshotIdentifier",
    weaker: gone,
    risk: "danger",
    loss: "no last snapshot is taken when it is deleted",
  },
  { path: "forceDestroy", weaker: on, risk: "danger", loss: "it is deleted even if it is not empty" },
  { path: "deleteAutomatedBackups", weaker: on, risk: "danger", loss: "its backups go with it when it is deleted" },
  { path: "storageEncrypted", weaker: off, risk: "danger", loss: "its data lies in clear on its disks" },
  {
    path: "settings.backupConfiguration.enabled",
    ...{ weaker: off, risk: "danger", loss: "no more backups are taken, and the ones there are expire" },
  },
  {
    path: "settings.backupConfiguration.pointInTimeRecoveryEnabled",
    ...{ weaker: off, risk: "danger", loss: "it can no longer be restored to any second" },
  },
  {
    path: "settings.backupConfiguration.backupRetentionSettings.retainedBackups",
    ...{ weaker: fewer, risk: "caution", loss: "older backups are deleted" },
  },
  { path: "backupRetentionPeriod", weaker: fewer, risk: "caution", loss: "older backups are deleted" },
  { path: "snapshotRetentionLimit", weaker: fewer, risk: "caution", loss: "older snapshots are deleted" },
  {
    path: "settings.availabilityType",
    ...{ weaker: isNow("ZONAL"), risk: "caution", loss: "there is no standby when its zone fails" },
  },
  { path: "multiAz", weaker: off, risk: "caution", loss: "there is no standby when its zone fails" },
  { path: "multiAzEnabled", weaker: off, risk: "caution", loss: "its nodes may stand in one zone" },
  { path: "automaticFailoverEnabled", weaker: off, risk: "caution", loss: "nothing takes over when its node fails" },
  { path: "numCacheClusters", weaker: fewer, risk: "caution", loss: "fewer nodes hold its data" },
  { path: "transitEncryptionEnabled", weaker: off, risk: "danger", loss: "what is sent to it travels in clear" },
  {
    path: "transitEncryptionMode",
    ...{ weaker: isNow("DISABLED", "preferred"), risk: "danger", loss: "what is sent to it may travel in clear" },
  },
  {
    path: "settings.ipConfiguration.sslMode",
    ...{
      weaker: isNow("ALLOW_UNENCRYPTED_AND_ENCRYPTED"),
      risk: "danger",
      loss: "what is sent to it may travel in clear",
    },
  },
  { path: "authEnabled", weaker: off, risk: "danger", loss: "it asks nobody for a password" },
  { path: "deletionWindowInDays", weaker: fewer, risk: "caution", loss: "a deletion can be taken back for less time" },
  { path: "enableKeyRotation", weaker: off, risk: "caution", loss: "the key is no longer rotated" },
  { path: "retentionInDays", weaker: fewer, risk: "caution", loss: "older logs are deleted" },
  {
    path: "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
    ...{ weaker: isNow("Delete"), risk: "danger", loss: "its volumes go when it is deleted" },
  },
  {
    path: "spec.persistentVolumeClaimRetentionPolicy.whenScaled",
    ...{ weaker: isNow("Delete"), risk: "danger", loss: "volumes go when there are fewer replicas" },
  },
  { path: "reclaimPolicy", weaker: isNow("Delete"), risk: "danger", loss: "volumes go with their claims" },
  {
    path: "spec.persistentVolumeReclaimPolicy",
    ...{ weaker: isNow("Delete"), risk: "danger", loss: "the volume goes with its claim" },
  },
  { path: "immutable", weaker: off, risk: "caution", loss: "it can be changed under the pods that use it" },
];

/** A safeguard that a change weakens. */
export interface Weakened {
  readonly path: string;
  readonly risk: "danger" | "caution";
  readonly before: unknown;
  readonly after: unknown;
  readonly loss: string;
}

/** The safeguards that are weaker after a change than before it; Pulumi's own protection first. */
export function weakened(before: Resource, after: Resource): Weakened[] {
  const own: Weakened[] =
    before.protect && !after.protect
      ? [
          {
            path: "protect",
            risk: "danger",
            before: true,
            after: false,
            loss: "the next update may delete or replace it",
          },
        ]
      : [];
  const found = [...safeguards, ...(factsOf(after.type)?.safeguards ?? [])].flatMap(
    ({ path, weaker, risk, loss }): Weakened[] => {
      const at = parsePath(path);
      const values = [valueAt(before.inputs, at), valueAt(after.inputs, at)] as const;
      if (values.some((value) => isObject(value)) || !weaker(...values)) return [];
      // No backups at all is more than fewer of them.
      const none = risk === "caution" && /(?:backup|snapshot)Retention/i.test(path) && toNumber(values[1]) === 0;
      return [
        {
          ...{ path, before: values[0], after: values[1] },
          risk: none ? "danger" : risk,
          loss: none ? "no more backups are kept, and those there are go" : loss,
        },
      ];
    },
  );
  return [...own, ...found];
}

function toNumber(value: unknown): number {
  return typeof value === "number" || (typeof value === "string" && value !== "") ? Number(value) : Number.NaN;
}
