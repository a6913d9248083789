/**
 * Seconds of `90s`, `30m`, `2h` or `1h30m`.
 * @throws Error with what is allowed
 */
export function seconds(text: string, least: number, most: number): number {
  const [, h, m, s] = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text) ?? [];
  const value = Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0);
  if (text === "" || (h ?? m ?? s) === undefined || value < least || value > most) {
    throw new Error(
      `${JSON.stringify(text)} must be a time from ${duration(least)} to ${duration(most)}, as 90s, 30m or 2h`,
    );
  }
  return value;
}

/** `1h30m` of 5400. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [Math.floor(seconds % 60), "s"],
  ] as const;
  return (
    parts
      .filter(([value]) => value > 0)
      .map(([value, unit]) => `${value}${unit}`)
      .join("") || "0s"
  );
}

/** A limit of memory, from 64 MiB, as Kubernetes writes it. @throws Error with what is allowed */
export function memory(text: string): string {
  const [, amount, unit] = /^(\d{1,5})(Mi|Gi)$/.exec(text) ?? [];
  if (!amount || Number(amount) * (unit === "Gi" ? 1024 : 1) < 64)
    throw new Error(`${JSON.stringify(text)} must be an amount of memory from 64Mi, as 512Mi or 2Gi`);
  return text;
}

/** A limit of CPU, from a twentieth of a core, as Kubernetes writes it. @throws Error with what is allowed */
export function cpu(text: string): string {
  const [, milli, cores] = /^(?:(\d{1,6})m|(\d{1,3}(?:\.\d{1,3})?))$/.exec(text) ?? [];
  if (Number(milli ?? 0) + Number(cores ?? 0) * 1000 < 50)
    throw new Error(`${JSON.stringify(text)} must be a number of cores from 50m, as 500m or 2`);
  return text;
}

/** A variable of `--env NAME=VALUE`. @throws Error with what is allowed */
export function variable(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(text) ?? [];
  // The value is not shown: it may be a password.
  if (name === undefined || value === undefined)
    throw new Error("--env must be NAME=VALUE, with letters, digits and _ in the name");
  return [name, value];
}

/** `22 MB` of 21992356, in decimal units, as disks and buckets are sold. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const amount = bytes / 1000 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}
