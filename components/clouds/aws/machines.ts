import { type Allocatable, gibi, type Machine, mebi, remaining, reservedCpu } from "../shared/machines";
import { architectureOf } from "./settings/values";

/**
 * What an instance type of EC2 leaves for pods as a node of EKS; undefined for a type that this table does not know. The
 * numbers err towards more: what the kernel takes, and the pods of add-ons, are not counted.
 */
export function allocatable(instanceType: string): Allocatable | undefined {
  const machine = amazonMachine(instanceType);
  if (!machine) return undefined;
  // https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go: 11 MiB for each pod, 255 MiB.
  const memory = (255 + 11 * fewestPods(machine.cores)) * mebi;
  return remaining(machine, { cpu: reservedCpu(machine.cores), memory });
}

/** Memory of an instance type of EC2 in bytes (RDS calls them `db.<type>`); undefined for one that is not known. */
export function memoryOf(instanceType: string): number | undefined {
  const machine = amazonMachine(instanceType);
  return machine && machine.gibibytes * gibi;
}

/** Virtual cores of an instance type; undefined for one that is not known. */
export function coresOf(instanceType: string): number | undefined {
  return amazonMachine(instanceType)?.cores;
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

/** The processor of an instance type. */
export function processorOf(instanceType: string): "amd64" | "arm64" {
  return architectureOf(instanceType) === "arm64" ? "arm64" : "amd64";
}
