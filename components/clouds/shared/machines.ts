/** What a node of a machine type has for pods, at most. */
export interface Allocatable {
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** A machine as its cloud describes it. */
interface Machine {
  readonly cores: number;
  readonly gibibytes: number;
}

const gibi = 2 ** 30;
const mebi = 2 ** 20;

/**
 * What a machine type of Compute Engine leaves for pods as a node of GKE; undefined for a type that this table does not
 * know. The numbers err towards more: what the kernel takes, and the pods that Google adds, are not counted.
 */
export function googleAllocatable(machineType: string): Allocatable | undefined {
  const machine = googleMachine(machineType);
  if (!machine) return undefined;
  const shared = /^e2-(micro|small|medium)$/.test(machineType);
  const reserved = { cpu: shared ? 1060 : reservedCpu(machine.cores), memory: googleReserved(machine.gibibytes) };
  return remaining(machine, reserved);
}

/** The same for an instance type of EC2 as a node of EKS. */
export function amazonAllocatable(instanceType: string): Allocatable | undefined {
  const machine = amazonMachine(instanceType);
  if (!machine) return undefined;
  // https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go: 11 MiB for each pod, 255 MiB.
  const memory = (255 + 11 * fewestPods(machine.cores)) * mebi;
  return remaining(machine, { cpu: reservedCpu(machine.cores), memory });
}

/** Memory of an instance type of EC2 in bytes (RDS calls them `db.<type>`); undefined for one that is not known. */
export function amazonMemory(instanceType: string): number | undefined {
  const machine = amazonMachine(instanceType);
  return machine && machine.gibibytes * gibi;
}

/** Virtual cores of a machine type; undefined for one that is not known. */
export function coresOf(cloud: "google" | "amazon", type: string): number | undefined {
  return (cloud === "google" ? googleMachine(type) : amazonMachine(type))?.cores;
}

/** Below it the kubelet of both clouds evicts pods (`memory.available`). */
const evictionThreshold = 100 * mebi;

function remaining({ cores, gibibytes }: Machine, reserved: { cpu: number; memory: number }): Allocatable {
  return {
    cpu: Math.floor(cores * 1000 - reserved.cpu),
    memory: Math.floor(gibibytes * gibi - reserved.memory - evictionThreshold),
  };
}

/** 6 % of the first core, 1 % of the next, 0.5 % of the next two, 0.25 % of the rest: both clouds use this rule. */
function reservedCpu(cores: number): number {
  return shareOf(cores, [
    [1, 60],
    [1, 10],
    [2, 5],
    [Number.POSITIVE_INFINITY, 2.5],
  ]);
}

/**
 * 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % of the rest; 255 MiB of a
 * machine with less than 1 GiB (https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes).
 */
function googleReserved(gibibytes: number): number {
  if (gibibytes < 1) return 255 * mebi;
  const share = shareOf(gibibytes, [
    [4, 0.25],
    [4, 0.2],
    [8, 0.1],
    [112, 0.06],
    [Number.POSITIVE_INFINITY, 0.02],
  ]);
  return share * gibi;
}

/** The sum over bands of a size, each with its own share. */
function shareOf(size: number, bands: readonly (readonly [width: number, share: number])[]): number {
  let left = size;
  return bands.reduce((sum, [width, share]) => {
    const part = Math.min(left, width);
    left -= part;
    return sum + part * share;
  }, 0);
}

/**
 * GiB for each vCPU of the families of Compute Engine (https://cloud.google.com/compute/docs/machine-resource); where
 * the sizes of a family differ, the most.
 */
const googleFamilies: Readonly<Record<string, number>> = {
  ...{ "e2-standard": 4, "e2-highmem": 8, "e2-highcpu": 1 },
  ...{ "n1-standard": 3.75, "n1-highmem": 6.5, "n1-highcpu": 0.9 },
  ...{ "n2-standard": 4, "n2-highmem": 8, "n2-highcpu": 1 },
  ...{ "n2d-standard": 4, "n2d-highmem": 8, "n2d-highcpu": 1 },
  ...{ "n4-standard": 4, "n4-highmem": 8, "n4-highcpu": 2 },
  ...{ "c2-standard": 4, "c2d-standard": 4, "c2d-highmem": 8, "c2d-highcpu": 2 },
  ...{ "c3-standard": 4, "c3-highmem": 8, "c3-highcpu": 2 },
  ...{ "c3d-standard": 4, "c3d-highmem": 8, "c3d-highcpu": 2 },
  ...{ "c4-standard": 3.75, "c4-highmem": 7.75, "c4-highcpu": 2 },
  ...{ "c4a-standard": 4, "c4a-highmem": 8, "c4a-highcpu": 2 },
  ...{ "t2d-standard": 4, "t2a-standard": 4 },
};

const googleShared: Readonly<Record<string, Machine>> = {
  "e2-micro": { cores: 2, gibibytes: 1 },
  "e2-small": { cores: 2, gibibytes: 2 },
  "e2-medium": { cores: 2, gibibytes: 4 },
};

function googleMachine(type: string): Machine | undefined {
  if (Object.hasOwn(googleShared, type)) return googleShared[type];
  const custom = /^(?:(?:e2|n1|n2|n2d|n4)-)?custom-(\d+)-(\d+)(?:-ext)?$/.exec(type);
  if (custom) return { cores: Number(custom[1]), gibibytes: Number(custom[2]) / 1024 };
  const [, family, cores] = /^([a-z0-9]+-[a-z]+)-(\d+)$/.exec(type) ?? [];
  if (!family || !Object.hasOwn(googleFamilies, family)) return undefined;
  return { cores: Number(cores), gibibytes: Number(cores) * googleFamilies[family]! };
}

/** vCPUs of the sizes of EC2, and GiB for each vCPU of its families (https://aws.amazon.com/ec2/instance-types/). */
const amazonSizes: Readonly<Record<string, number>> = {
  ...{ medium: 1, large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "9xlarge": 36, "12xlarge": 48 },
  ...{ "16xlarge": 64, "18xlarge": 72, "24xlarge": 96, "32xlarge": 128, "48xlarge": 192 },
};
const amazonShared: Readonly<Record<string, Machine>> = {
  nano: { cores: 2, gibibytes: 0.5 },
  micro: { cores: 2, gibibytes: 1 },
  small: { cores: 2, gibibytes: 2 },
  medium: { cores: 2, gibibytes: 4 },
  large: { cores: 2, gibibytes: 8 },
  xlarge: { cores: 4, gibibytes: 16 },
  "2xlarge": { cores: 8, gibibytes: 32 },
};

function amazonMachine(type: string): Machine | undefined {
  const [, family = "", size = ""] = /^([a-z][a-z0-9-]*)\.([a-z0-9]+)$/.exec(type) ?? [];
  if (/^t(3a?|4g)$/.test(family)) return Object.hasOwn(amazonShared, size) ? amazonShared[size] : undefined;
  const [, letter, variant] = /^([mcr])[5-8]([a-z]*)$/.exec(family) ?? [];
  if (!letter || !Object.hasOwn(amazonSizes, size)) return undefined;
  const perCore = { m: 4, c: variant === "n" ? 2.625 : 2, r: 8 }[letter as "m" | "c" | "r"];
  const cores = amazonSizes[size]!;
  return { cores, gibibytes: cores * perCore };
}

/**
 * Pods that the smallest network of a machine of this size carries, for which memory is reserved: network interfaces
 * times their addresses less one, plus two (https://github.com/awslabs/amazon-eks-ami, eni-max-pods.txt).
 */
function fewestPods(cores: number): number {
  if (cores <= 1) return 8;
  if (cores <= 2) return 4;
  if (cores <= 8) return 58;
  return cores < 64 ? 234 : 737;
}
