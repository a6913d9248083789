import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The root of the repository. */
export const repository = resolve(__dirname, "..");

/**
 * Everything that the local target keeps lives below this one folder: built tools, images, the nodes' data, Pulumi's
 * file backend and the logs. `SWITCHBOARD_CACHE` moves it; the default follows the XDG base directory specification.
 */
export const cache = resolve(
  process.env.SWITCHBOARD_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "switchboard"),
);

/** Built tools (pulumi, kube-apiserver …), one file each. */
export const binaries = join(cache, "bin");
/** Image archives and the image builder's storage. */
export const imageStore = join(cache, "images");
/**
 * What a stack on the local nodes leaves between runs. `SWITCHBOARD_STATE` moves it away from the cache: the end-to-end
 * tests use the same tools and images with a state of their own.
 */
export const state = resolve(process.env.SWITCHBOARD_STATE ?? cache);
/** The local nodes' data: keys, etcd, volumes, one folder per node. */
export const clusterState = join(state, "cluster");
/** Pulumi's file backend, used where the person has not chosen another backend. */
export const pulumiState = join(state, "pulumi");
/** One log per tool and step. */
export const logs = join(cache, "logs");
