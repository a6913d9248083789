import { isAddedOrRemoved } from "../../shared/facts/fixed";

/** What a node is made with, in a pool of its own and in its cluster's default one: none of it is changed in place. */
export const nodeConfig =
  "nodeConfig.advancedMachineFeatures.enableNestedVirtualization nodeConfig.advancedMachineFeatures.threadsPerCore " +
  "nodeConfig.bootDiskKmsKey nodeConfig.confidentialNodes.confidentialInstanceType " +
  "nodeConfig.enableConfidentialStorage nodeConfig.ephemeralStorageConfig nodeConfig.ephemeralStorageLocalSsdConfig " +
  "nodeConfig.flexStart nodeConfig.guestAccelerators nodeConfig.hostMaintenancePolicy " +
  "nodeConfig.localNvmeSsdBlockConfig nodeConfig.localSsdCount nodeConfig.localSsdEncryptionMode " +
  "nodeConfig.maxRunDuration nodeConfig.metadata nodeConfig.minCpuPlatform nodeConfig.nodeGroup " +
  "nodeConfig.oauthScopes nodeConfig.preemptible nodeConfig.reservationAffinity nodeConfig.secondaryBootDisks " +
  "nodeConfig.serviceAccount nodeConfig.shieldedInstanceConfig nodeConfig.soleTenantConfig.nodeAffinities " +
  "nodeConfig.spot";

export const nodeConfigSometimes = { "nodeConfig.sandboxConfig": isAddedOrRemoved };
