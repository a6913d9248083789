/** What a node of a machine type has for pods, at most. */
export interface Allocatable {
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** A machine as its cloud describes it. */
export interface Machine {
  readonly cores: number;
  readonly gibibytes: number;
}

export const gibi = 2 ** 30;
export const mebi = 2 ** 20;

/** Below it the kubelet of both clouds evicts pods (`memory.available`). */
const evictionThreshold = 100 * mebi;

/** What is left for pods of a machine of this size. @param reserved for the node itself */
export function remaining({ cores, gibibytes }: Machine, reserved: { cpu: number; memory: number }): Allocatable {
  return {
    cpu: Math.floor(cores * 1000 - reserved.cpu),
    memory: Math.floor(gibibytes * gibi - reserved.memory - evictionThreshold),
  };
}

/** 6 % of the first core, 1 % of the next, 0.5 % of the next two, 0.25 % of the rest: both clouds use this rule. */
export function reservedCpu(cores: number): number {
  return shareOf(cores, [
    [1, 60],
    [1, 10],
    [2, 5],
    [Number.POSITIVE_INFINITY, 2.5],
  ]);
}

/** The sum over bands of a size, each with its own share. */
export function shareOf(size: number, bands: readonly (readonly [width: number, share: number])[]): number {
  let left = size;
  return bands.reduce((sum, [width, share]) => {
    const part = Math.min(left, width);
    left -= part;
    return sum + part * share;
  }, 0);
}
