import { z } from "zod";
import { Problem, show, text } from "../fields";

const mebi = 2 ** 20;
const binary: Record<string, number> = { Ki: 2 ** 10, Mi: mebi, Gi: 2 ** 30, Ti: 2 ** 40 };

/** More cores than the pods of this product can use; a plain number above it was meant as thousandths of a core. */
const mostCores = 64;

/** `"250m"`, `"2"` or `"1.5"` (cores) as thousandths of a core. */
export function parseCpu(value: string): number {
  const form = 'use thousandths of a core such as "250m" or cores such as "2"';
  const match = /^(\d+(?:\.\d{1,3})?)(m?)$/.exec(value);
  if (!match) {
    const comma = /^(\d+),(\d+)$/.exec(value);
    if (comma)
      throw new Problem(`${show(value)} has a comma; did you mean "${Number(`${comma[1]}.${comma[2]}`) * 1000}m"?`);
    throw new Problem(`${show(value)} is not an amount of CPU; ${form}`);
  }
  const amount = Number(match[1]);
  if (!match[2] && amount > mostCores)
    throw new Problem(`${show(value)} means ${amount} cores; did you mean "${amount}m"?`);
  const milli = match[2] ? amount : Math.round(amount * 1000);
  if (!Number.isInteger(milli)) throw new Problem(`${show(value)} is finer than a thousandth of a core; ${form}`);
  if (milli < 1) throw new Problem(`${show(value)} is no CPU at all; ${form}`);
  if (milli > mostCores * 1000) throw new Problem(`${show(value)} is more than ${mostCores} cores; ${form}`);
  return milli;
}

/** `"96Mi"` or `"1Gi"` as bytes. Decimal units are refused: with them a limit is 5 to 7 % smaller than it reads. */
export function parseBytes(value: string): number {
  const form = 'use a binary unit such as "96Mi" or "1Gi"';
  const exact = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti)$/.exec(value);
  if (exact) {
    const bytes = Number(exact[1]) * binary[exact[2]!]!;
    if (!Number.isInteger(bytes)) throw new Problem(`${show(value)} is not a whole number of bytes; ${form}`);
    if (bytes < mebi) throw new Problem(`${show(value)} is less than 1Mi; ${form}`);
    return bytes;
  }
  const near = /^(\d+)(?:[.,](\d+))?\s*([kmgt])(?:i?b|i)?$/i.exec(value);
  if (!near) throw new Problem(`${show(value)} is not an amount of memory or storage; ${form}`);
  const unit = `${near[3]!.toUpperCase()}i`;
  const meant = near[2]
    ? formatBytes(Math.round(Number(`${near[1]}.${near[2]}`) * binary[unit]!))
    : `${near[1]}${unit}`;
  throw new Problem(`${show(value)} has no binary unit; did you mean "${meant}"?`);
}

/** Thousandths of a core as Kubernetes writes them: `"2"`, `"250m"`. */
export function formatCpu(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Bytes as Kubernetes writes them, in the largest binary unit that is exact: `"1Gi"`, `"96Mi"`. */
export function formatBytes(bytes: number): string {
  const unit = ["Ti", "Gi", "Mi", "Ki"].find((name) => bytes >= binary[name]! && bytes % binary[name]! === 0);
  return unit ? `${bytes / binary[unit]!}${unit}` : String(bytes);
}

/** What a container asks for and may use, in the words of Kubernetes. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
  /** Most that `/tmp` may hold. @default usualTmpSize */
  readonly tmpSize?: string | undefined;
}

/** What `/tmp` holds where no setting says another size: far more than an app that keeps nothing there writes. */
export const usualTmpSize = "64Mi";

/** An amount of memory or storage; the value stays text in Kubernetes' own spelling. */
export const bytes = () => text((value) => formatBytes(parseBytes(value)));
const cpu = () => text((value) => formatCpu(parseCpu(value)));

/**
 * The settings of one container's resources, with the defaults that suit it.
 *
 * @param tmpDefault what the reference says of the size of `/tmp` where it is not set
 */
export function resources(defaults: { cpu: string; memory: string }, tmpDefault = usualTmpSize) {
  return z
    .strictObject({
      cpu: cpu().prefault(defaults.cpu).describe("CPU that the node keeps free for each pod"),
      memory: bytes().prefault(defaults.memory).describe("memory that the node keeps free for each pod"),
      cpuLimit: cpu().optional().describe("most CPU that a pod may use; default: ten times `cpu`, at least one core"),
      memoryLimit: bytes().optional().describe("memory above which a pod is ended; default: `memory`"),
      tmpSize: bytes()
        .optional()
        .describe(`most that \`/tmp\` may hold; a pod that writes more is ended; default: ${tmpDefault}`),
    })
    .transform((given, context): Resources => {
      const request = { cpu: parseCpu(given.cpu), memory: parseBytes(given.memory) };
      const limit = {
        cpu: given.cpuLimit ? parseCpu(given.cpuLimit) : Math.max(10 * request.cpu, 1000),
        memory: given.memoryLimit ? parseBytes(given.memoryLimit) : request.memory,
      };
      for (const what of ["cpu", "memory"] as const) {
        if (request[what] <= limit[what]) continue;
        const message = `${show(given[what])} is more than ${what}Limit ${show(given[`${what}Limit`])}; lower ${what} or raise ${what}Limit`;
        context.addIssue({ code: "custom", path: [what], message });
      }
      return {
        requests: { cpu: formatCpu(request.cpu), memory: formatBytes(request.memory) },
        limits: { cpu: formatCpu(limit.cpu), memory: formatBytes(limit.memory) },
        tmpSize: given.tmpSize,
      };
    })
    .prefault({});
}
