import type { Value } from "../values";

/** Powers of ten, and of 1024, by suffix (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity). */
const decimal: Readonly<Record<string, number>> = {
  ...{ n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 },
};
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/**
 * A quantity in one way of writing, so that two that are equal are the same text: in billionths, the finest that Kubernetes
 * keeps.
 * @returns undefined for what is no quantity
 * @example quantity("1000m") === quantity("1"); quantity("1Gi") === quantity("1024Mi")
 */
export function quantity(value: Value): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/.exec(String(value).trim());
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", two, ten = "", exponent] = match;
  if (whole === "" && fraction === "") return undefined;
  const power = 9 + (exponent === undefined ? decimal[ten]! : Number(exponent)) - fraction.length;
  if (Math.abs(power) > 60) return undefined;
  const factor = two ? 1024n ** BigInt(binary.indexOf(two) + 1) : 1n;
  const digits = BigInt(whole + fraction) * factor;
  const billionths = power >= 0 ? digits * 10n ** BigInt(power) : roundedUp(digits, 10n ** BigInt(-power));
  return `${sign === "-" && billionths > 0n ? "-" : ""}${billionths}n`;
}

/** Kubernetes rounds what is finer than it keeps up, away from zero. */
function roundedUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
