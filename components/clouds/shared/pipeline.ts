import type { World } from "./doctor/model";

/**
 * The way into the API server of a cluster for one address and a limited time: for pipelines on machines that are neither
 * in the cluster's network nor among those that the settings let in.
 */
export interface ApiDoor {
  /**
   * Lets an address in, unless this machine is let in already, and closes what others have forgotten.
   * @param address undefined where nobody knows it
   * @throws UserError when the address is unknown or none that the cloud takes, or the cloud refuses
   */
  open(address: string | undefined, minutes: number): Promise<void>;
  /** Closes the door of an address, and those that others have forgotten. Where there is none it changes nothing. */
  close(address: string | undefined): Promise<void>;
  /** Closes every door whose time is over. */
  sweep(): Promise<void>;
}

/** The cluster that a door leads into. */
export interface DoorCluster {
  readonly name: string;
  /** Settings of the layer `cluster`, of the cloud's own kind. */
  readonly settings: unknown;
}

/** What opening and closing ask of the world. */
export type DoorWorld = Pick<World, "run" | "connects" | "now">;

/** How waiting and telling are done. */
export interface DoorManner {
  readonly say: (line: string) => void;
  /** Between two questions about an update that takes minutes. */
  readonly pause: () => Promise<unknown>;
}

/** What a cloud brings for stacks that a pipeline deploys. */
export interface CloudPipeline {
  /** @default none, because networks do not decide who reaches the API servers of this cloud */
  readonly apiDoor?: (cluster: DoorCluster, world: DoorWorld, manner: DoorManner) => ApiDoor;
  /** Variables of a pipeline that give its jobs rights in production. Jobs without an environment must not see them. */
  readonly productionVariables: readonly string[];
}
