import { type Allocatable, gibi, type Machine, mebi, remaining, reservedCpu, shareOf } from "../shared/machines";
import { armSeries } from "./settings/values";

/**
 * What a machine type of Compute Engine leaves for pods as a node of GKE; undefined for a type that this table does not
 * know. The numbers err towards more: what the kernel takes, and the pods that Google adds, are not counted.
 */
export function allocatable(machineType: string): Allocatable | undefined {
  const machine = googleMachine(machineType);
  if (!machine) return undefined;
  const shared = /^e2-(micro|small|medium)$/.test(machineType);
  const reserved = { cpu: shared ? 1060 : reservedCpu(machine.cores), memory: googleReserved(machine.gibibytes) };
  return remaining(machine, reserved);
}

/** Virtual cores of a machine type; undefined for one that is not known. */
export function coresOf(machineType: string): number | undefined {
  return googleMachine(machineType)?.cores;
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

/** The processor of a machine type. */
export function processorOf(machineType: string): "amd64" | "arm64" {
  return armSeries.includes(machineType.split("-")[0]!) ? "arm64" : "amd64";
}
