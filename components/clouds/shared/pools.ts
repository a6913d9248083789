import { z } from "zod";
import { choice, flag, mapOf, problemOf, show, text, whole } from "../../schema/fields";
import { parseLabel } from "../../schema/values/words";

/** What the pods on a pool's nodes are: the cluster's own, the apps and the edge, or servers with a disk. */
const roles = ["system", "apps", "data"] as const;

/** Prefix of labels and taints that the platform sets itself. */
const reserved = /^(switchboard\.dev|([a-z0-9-]+\.)*(kubernetes|k8s)\.io)\//;
const keyForm = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const valueForm = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function keyProblem(key: string): string | undefined {
  if (reserved.test(key)) return "is set by the platform or by Kubernetes; use a name of your own";
  return keyForm.test(key) ? undefined : `${show(key)} is not a label key; use e.g. team or example.com/team`;
}

const labelText = () =>
  text((value) => value).refine((value) => valueForm.test(value), {
    error: (issue) => `${show(issue.input)} is not a label value; use at most 63 letters, digits, "-", "_" and "."`,
  });

const taint = z.strictObject({
  key: text((value) => value)
    .refine((key) => keyProblem(key) === undefined, { error: (issue) => keyProblem(String(issue.input))! })
    .describe("key of the taint"),
  value: labelText().prefault("true").describe("value of the taint"),
  effect: choice(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    .prefault("NoSchedule")
    .describe("what it does to pods"),
});

/** What a pool is on every cloud; a cloud adds its machine types and its way of upgrading. */
export interface PoolSettings {
  readonly role: (typeof roles)[number];
  readonly min: number;
  readonly max: number;
  readonly spot: boolean;
  readonly diskGiB: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

/**
 * Node pools by name. There is always one for the apps.
 *
 * @param own the cloud's own fields: `machineType`, and how nodes are exchanged
 * @param longestName most characters of a pool's name at the cloud
 */
export function pools<Own extends z.ZodRawShape>(own: Own, longestName: number) {
  const pool = z.strictObject({
    ...own,
    role: choice(roles)
      .prefault("apps")
      .describe(
        "what runs on it. `system`: the cluster's own pods. `apps`: the apps and NGINX. `data`: only servers with a disk",
      ),
    min: whole(0, 1000).describe("fewest nodes, over all zones together; the autoscaler owns the number in between"),
    max: whole(1, 1000).describe("most nodes, over all zones together"),
    spot: flag().prefault(false).describe("cheaper nodes that the cloud may take back at any time"),
    diskGiB: whole(20, 2000, " GiB").prefault(50).describe("size of a node's own disk"),
    labels: mapOf(labelText(), keyProblem).prefault({}).describe("further labels of the nodes"),
    taints: z
      .array(taint)
      .prefault([])
      .describe("further taints of the nodes; only pods that tolerate them come there"),
  });
  return mapOf(pool, (name) => problemOf(() => parseLabel(name, longestName))).superRefine((given, context) => {
    const all = Object.entries(given) as unknown as [string, PoolSettings][];
    const wrong = (message: string, ...path: string[]) => context.addIssue({ code: "custom", path, message });
    for (const [name, { min, max, role }] of all) {
      if (min > max) wrong(`${min} is above max (${max}); lower min or raise max`, name, "min");
      if (role === "apps" && min === 0 && all.filter(([, other]) => other.role === "apps").length === 1)
        wrong("0 leaves the apps without a node; use 1 or more (2 or more for releases without downtime)", name, "min");
    }
    if (
      !all.some(
        ([, { role, taints }]) => role === "apps" && taints.every(({ effect }) => effect === "PreferNoSchedule"),
      )
    )
      wrong('no pool takes the apps; add one with role "apps" and without taints of its own');
  });
}
