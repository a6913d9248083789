import type { Facts } from "../../../../cli/commands/status/facts";
import type { PlatformObject } from "../../../../cli/commands/status/objects";

export type World = Facts & { objects: PlatformObject[] };

/** Puts objects in the place of those with their kind and name. */
export function put(world: World, ...objects: any[]): void {
  for (const object of objects) {
    remove(world, object.kind, object.metadata.name);
    world.objects.push(object);
  }
}
export function remove(world: World, kind: string, name: string): void {
  world.objects = world.objects.filter((each) => each.kind !== kind || each.metadata.name !== name);
}
export const removePods = (world: World, name: string) => {
  world.objects = world.objects.filter(({ kind, metadata }) => kind !== "Pod" || !metadata.name.startsWith(`${name}-`));
};
export const address = (world: World, name: string, changes: any) => {
  Object.assign(world, {
    addresses: world.addresses.map((each) => (each.name === name ? { ...each, ...changes } : each)),
  });
};
export const waiting = (reason: string, more: any = {}) => ({ ready: false, state: { waiting: { reason } }, ...more });
export const ended = (terminated: any) => ({ lastState: { terminated } });

/** A situation, and what is said of it: the verdict, and the problems below it. */
export type Case = readonly [name: string, make: (world: World) => void, line: string, problems?: readonly string[]];
