import type { Answer } from "../../shared/facts/answer";

/** A thing that is named when it is made, by the Pulumi name and some hex digits, with the path that is its id. */
export const namedAt =
  (path: (inputs: Record<string, any>) => string): Answer =>
  (inputs, { preview, name }) => {
    if (preview) return {};
    const given = inputs.name ?? `${name}-1a2b3c4`;
    return { name: given, id: `${path(inputs)}/${given}` };
  };

export const global = (kind: string) => namedAt(({ project }) => `projects/${project}/global/${kind}`);
export const regional = (kind: string) =>
  namedAt(({ project, region }) => `projects/${project}/regions/${region}/${kind}`);
export const located = (kind: string) =>
  namedAt(({ project, location }) => `projects/${project}/locations/${location}/${kind}`);

/** What costs nothing, with the page that says so. */
const page = (path: string) => `https://cloud.google.com/${path}`;
export const free = {
  network: { why: "a network costs nothing, only NAT, addresses and traffic do", source: page("vpc/network-pricing") },
  router: { why: "only the NAT on it costs", source: page("nat/pricing") },
  range: { why: "a range of internal addresses", source: page("vpc/network-pricing") },
  peering: { why: "a peering costs nothing", source: page("vpc/network-pricing") },
  iam: { why: "IAM is free", source: page("iam/pricing") },
  keyRing: { why: "only versions of keys cost", source: page("kms/pricing") },
  record: {
    why: "records cost nothing; questions are on the bill of the zone, which exists",
    source: page("dns/pricing"),
  },
  user: { why: "a role in the database", source: page("sql/pricing") },
  database: { why: "part of the instance", source: page("sql/pricing") },
} as const;
