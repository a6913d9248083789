/** What the distance between kubectl and the API server means. */
export interface Skew {
  readonly verdict: "note" | "refuse";
  readonly what: string;
  readonly todo: string;
}

/** Minors that kubectl may be older or newer (https://kubernetes.io/releases/version-skew-policy/#kubectl). */
const supported = 1;
/** Beyond this many, kinds and fields have come or gone and an answer could mislead. */
const tolerated = 4;

/**
 * Compares the two versions in what `kubectl version --output=json` prints.
 * @returns undefined where they fit, or where one of them is not known
 */
export function skewOf(printed: string): Skew | undefined {
  let versions: Record<string, { gitVersion?: string } | undefined>;
  try {
    versions = JSON.parse(printed);
  } catch {
    return undefined;
  }
  const client = versions.clientVersion?.gitVersion ?? "";
  const server = versions.serverVersion?.gitVersion ?? "";
  const [ours, theirs] = [minorOf(client), minorOf(server)];
  if (ours === undefined || theirs === undefined) return undefined;
  const distance = ours - theirs;
  if (Math.abs(distance) <= supported) return undefined;
  return {
    verdict: Math.abs(distance) > tolerated ? "refuse" : "note",
    what: `kubectl ${client} is too ${distance < 0 ? "old" : "new"} for the API server, which is ${server}`,
    todo: `install kubectl 1.${theirs}, or one minor beside it (https://kubernetes.io/docs/tasks/tools/)`,
  };
}

function minorOf(version: string): number | undefined {
  const [, minor] = /^v1\.(\d+)/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
