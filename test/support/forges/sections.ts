import type { Entry } from "../../../review/forge/board";

export const marker = "<!-- test:v1 -->";

/** An entry whose body is a line for each stack: `dev 3 text`, where the higher number is newer. */
export function lines(stack: string, version: number, text = "-"): Entry {
  return {
    isOurs: (body) => body.split(/\r?\n/)[0] === marker,
    merge(bodies) {
      const newest = new Map<string, string>();
      for (const line of [...bodies.flatMap((body) => body.split("\n").slice(1)), `${stack} ${version} ${text}`]) {
        const [name = "", at] = line.split(" ");
        if (Number(newest.get(name)?.split(" ")[1] ?? -1) < Number(at)) newest.set(name, line);
      }
      return [marker, ...[...newest.values()].sort()].join("\n");
    },
  };
}
