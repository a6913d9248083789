/**
 * The rules that a stack keeps to, written once. They run in three places: in the test suite over every committed
 * stack, in the engine as a policy pack (`review/policyPack`), and in the pull request's comment.
 */
import type { Resource } from "../../engine/resources/resource";
import { made } from "./demand";
import type { Finding, Rule, Subject } from "./model";
import { clusters } from "./rules/clusters";
import { containers } from "./rules/containers";
import { data } from "./rules/data";
import { exposure } from "./rules/exposure";
import { hygiene } from "./rules/hygiene";
import { identities } from "./rules/identities";
import { jobRules } from "./rules/jobs";
import { network } from "./rules/network";
import { redis } from "./rules/redis";
import { secrets } from "./rules/secrets";
import { workloads } from "./rules/workloads";

/** All rules by what they are about. */
export const subjects: readonly Subject[] = [
  { title: "Exposure", rules: exposure },
  { title: "Network of the cluster", rules: network },
  { title: "Databases and disks", rules: data },
  { title: "Redis", rules: redis },
  { title: "Cluster and nodes", rules: clusters },
  { title: "Identities", rules: identities },
  { title: "Containers", rules: containers },
  { title: "Workloads", rules: workloads },
  { title: "Jobs", rules: jobRules },
  { title: "Secrets", rules: secrets },
  { title: "Hygiene", rules: hygiene },
];

/** All rules, in the order of their subjects. */
export const rules: readonly Rule[] = subjects.flatMap((subject) => subject.rules);

/**
 * What a stack does against the rules: mandatory findings first, each level in the order of the rules and then of the
 * resources. Nothing is found where a value is not known yet (`[unknown]`) or may not be seen (`[secret]`).
 *
 * @param only rules to ask. @default all
 */
export function check(resources: readonly Resource[], only: readonly Rule[] = rules): Finding[] {
  const found = only.flatMap((rule): Finding[] => {
    const { name, level } = rule;
    const single = rule.resource
      ? made(resources).flatMap((resource) =>
          rule.resource!(resource).map((complaint) => ({ ...complaint, urn: resource.urn })),
        )
      : [];
    const whole = rule.stack?.(resources) ?? [];
    return [...single, ...whole].map(({ urn, message, todo }) => ({ rule: name, level, urn, message, todo }));
  });
  return [...found.filter(({ level }) => level === "mandatory"), ...found.filter(({ level }) => level === "advisory")];
}
