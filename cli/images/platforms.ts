import { poolProcessors } from "../../components/clouds/processors";
import { UserError } from "../../lib/userError";
import { architecture } from "../../sandbox/images/scratch";
import type { WantedImage } from "../../sandbox/images/wanted";

/** Where the processors of a stack's nodes can be learnt. */
export interface NodeSources {
  /** The `switchboard:cluster` layer of the stack's file. */
  readonly cluster: unknown;
  /** Asks a running cluster for the processors of its nodes (`amd64 arm64`); undefined where it does not answer. */
  readonly askNodes: () => Promise<readonly string[] | undefined>;
  /** Whether the nodes are on this machine. */
  readonly here: boolean;
}

/**
 * The platforms that a stack's images are for: what an image's own `platforms` says, else the machine types of the node
 * pools, else what the cluster's nodes say of themselves, else this machine where they are on it.
 *
 * @returns `linux/amd64` and the like, sorted; undefined where nothing tells
 */
export async function platformsOf(image: WantedImage, sources: NodeSources): Promise<string[] | undefined> {
  const processors =
    image.platforms ??
    poolProcessors(sources.cluster, image.setting) ??
    (await sources.askNodes()) ??
    (sources.here ? [architecture(process.arch)] : undefined);
  return processors && [...new Set(processors)].sort().map((processor) => `linux/${processor}`);
}

/** @throws UserError for an image whose platform nothing tells */
export function unknownPlatform({ setting }: WantedImage): UserError {
  return new UserError(
    `${setting}: which processors the nodes have is not known: the cluster does not answer`,
    `say it in the settings, ${setting}.platforms: [amd64] or [arm64], or make the cluster answer: kubectl get nodes`,
  );
}
