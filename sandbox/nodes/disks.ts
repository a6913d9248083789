import { Api } from "./api";
import { given, keyOf, type Objects, runController, say } from "./controller";
import { createDisk, diskPath, growDisk, removeDisk } from "./disk";
import { type DiskAction, diskActions, disks, quantityOf, volumeOf } from "./diskPlan";
import { findMachine } from "./machine";

/**
 * The disks of the local nodes, a process of its own, as a cloud's storage driver: makes a disk for each claim of its
 * class on the node of the claim's first pod, grows it with the claim, and deletes it after the claim.
 */
const api = new Api(given("DISKS_KUBECONFIG"));

async function main(): Promise<void> {
  await runController(
    api,
    ["/api/v1/persistentvolumeclaims", "/api/v1/persistentvolumes", "/apis/storage.k8s.io/v1/storageclasses"],
    async (claims, volumes, classes) => {
      const own = [...classes.values()].filter(({ provisioner }) => provisioner === disks.provisioner).map(keyOf);
      const actions = diskActions(listed(claims), listed(volumes), own);
      // One that cannot be done keeps nobody else waiting.
      const done = await Promise.allSettled(actions.map(perform));
      for (const result of done) if (result.status === "rejected") say((result.reason as Error).message);
    },
  );
  say("disks are made, grown and deleted");
}

async function perform(action: DiskAction): Promise<void> {
  const { kind, disk, node } = action;
  const machine = findMachine(node);
  if (!machine) throw new Error(`${disk}: ${node} does not run`);
  if (kind === "remove") {
    await removeDisk(machine, node, disk);
    await api.remove(`/api/v1/persistentvolumes/${disk}`);
    return say(`${disk} on ${node} is deleted`);
  }
  const { claim, bytes } = action;
  const size = quantityOf(bytes);
  const whose = `${claim.namespace}/${claim.name}`;
  if (kind === "create") {
    await createDisk(machine, node, disk, bytes);
    await api.create("/api/v1/persistentvolumes", volumeOf(action, diskPath(disk)));
    return say(`${disk} on ${node} is made, ${size} for ${whose}`);
  }
  await growDisk(machine, node, disk, bytes);
  // The order of every driver: first what the disk has, then what the claim is told of it.
  await api.merge(`/api/v1/persistentvolumes/${disk}`, { spec: { capacity: { storage: size } } });
  await api.merge(`/api/v1/namespaces/${claim.namespace}/persistentvolumeclaims/${claim.name}/status`, {
    status: { capacity: { storage: size } },
  });
  say(`${disk} on ${node} has ${size} now, for ${whose}`);
}

const listed = (objects: Objects | undefined) => [...(objects?.values() ?? [])];

main().catch((error: Error) => {
  say(error.stack ?? error.message);
  process.exit(1);
});
