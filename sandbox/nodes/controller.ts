import { setTimeout as sleep } from "node:timers/promises";
import type { Api, ApiObject } from "./api";

/** The objects of a collection by their keys, kept up to date. */
export type Objects = ReadonlyMap<string, ApiObject>;

/** How an object is told from others of its kind: with its namespace, if it has one. */
export function keyOf({ metadata }: ApiObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

/** What a controller's service is given by this variable. */
export function given(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set`);
  return value;
}

/** One line of a service's log. */
export function say(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

/**
 * A controller in the manner of Kubernetes: it knows the objects of some collections and is called whenever one of them
 * changes. What failed is tried again after fifteen seconds, or with the next event.
 *
 * @param paths the collections of the API server
 * @param reconcile makes the world as the objects say, in the order of the paths
 * @returns once all are known and it was called for the first time
 */
export async function runController(
  api: Api,
  paths: readonly string[],
  reconcile: (...collections: readonly Objects[]) => Promise<void>,
): Promise<void> {
  const collections = paths.map(() => new Map<string, ApiObject>());
  let isChanged = false;
  let wake = () => {};
  const changed = () => {
    isChanged = true;
    wake();
  };
  const round = () => {
    isChanged = false;
    return reconcile(...collections).catch((error: Error) => say(error.message));
  };
  await Promise.all(paths.map((path, index) => follow(api, path, collections[index]!, changed)));
  await round();
  const forever = async () => {
    for (;;) {
      if (!isChanged) {
        await new Promise<void>((resolve) => {
          // Also without an event: a request that failed is tried again.
          const timer = setTimeout(resolve, 15_000);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      // Events come in bursts: one round for all of them.
      await sleep(100);
      await round();
    }
  };
  void forever();
}

/**
 * Keeps a map of a collection's objects up to date: lists, then watches, and again whenever the watch ends.
 * @returns once the map is filled for the first time
 */
function follow(api: Api, path: string, objects: Map<string, ApiObject>, changed: () => void): Promise<void> {
  return new Promise((filled) => {
    const round = async () => {
      const list = await api.get<ObjectList>(path);
      objects.clear();
      for (const object of list.items) objects.set(keyOf(object), object);
      filled();
      changed();
      await api.watch(`${path}?watch=1&resourceVersion=${list.metadata.resourceVersion}`, ({ type, object }) => {
        if (type === "ERROR") throw new Error(`watch of ${path} must begin anew`);
        if (type === "DELETED") objects.delete(keyOf(object));
        else objects.set(keyOf(object), object);
        changed();
      });
    };
    const forever = async () => {
      for (;;) {
        await round().catch(async (error: Error) => {
          say(error.message);
          await sleep(1000);
        });
      }
    };
    void forever();
  });
}

interface ObjectList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly ApiObject[];
}
