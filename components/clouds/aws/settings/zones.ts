import { Problem, show, text } from "../../../schema/fields";
import { isRegion } from "./values";

const nameForm = /^((?:[a-z]+-)+[1-9])([a-z])$/;
const idForm = /^([a-z]{3,6}[1-9])-az([1-9])$/;

/**
 * Zones that EKS refuses for a control plane
 * (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html, "Subnet requirements for clusters";
 * https://github.com/eksctl-io/eksctl/issues/7843). Which letter such a zone has differs from account to account.
 */
export const refusedZoneIds: Readonly<Record<string, string>> = {
  "us-east-1": "use1-az3",
  "us-west-1": "usw1-az2",
  "ca-central-1": "cac1-az3",
};

/** An availability zone, by its name (`eu-west-1a`) or by its id, which is the same in every account (`euw1-az1`). @throws Problem */
export function parseZone(value: string): string {
  const [, region] = nameForm.exec(value) ?? [];
  if (region && isRegion(region)) return value;
  if (idForm.test(value)) {
    if (!Object.values(refusedZoneIds).includes(value)) return value;
    throw new Problem(`${show(value)} is a zone that EKS refuses for a cluster; use another one of its region`);
  }
  const todo = 'use a region and a letter, e.g. "eu-west-1a", or an id, e.g. "euw1-az1"';
  if (isRegion(value)) throw new Problem(`${show(value)} is a region; name its zones, e.g. "${value}a"`);
  throw new Problem(`${show(value)} is not an availability zone of AWS; ${todo}`);
}

/** Whether a zone is told by its id. */
export function isZoneId(zone: string): boolean {
  return idForm.test(zone);
}

/** Whether a zone, by name or by id, is in a region. */
export function isZoneOf(zone: string, region: string): boolean {
  const [, code] = idForm.exec(zone) ?? [];
  return code ? code === regionCode(region) : nameForm.exec(zone)?.[1] === region;
}

/**
 * What the ids of a region's zones begin with: its words cut short, `use1` of us-east-1, `apse2` of ap-southeast-2
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
 */
function regionCode(region: string): string {
  const words = region.split("-");
  const number = words.pop();
  const direction = words.pop()!;
  const [, first = direction, second = ""] = /^(north|south)(east|west)$/.exec(direction) ?? [];
  return `${words.map((word) => (word === "gov" ? "g" : word)).join("")}${first.charAt(0)}${second.charAt(0)}${number}`;
}

/**
 * Three zones of a region. In most regions every account has a, b and c; in these it has not
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html). In us-west-1 an account
 * has two that are its own, and in us-east-1 one of its letters, another in every account, is a zone that EKS refuses.
 */
export function usualZones(region: string): string[] | undefined {
  if (region === "us-west-1" || region === "us-east-1") return undefined;
  const letters: Record<string, string> = { "ap-northeast-1": "acd", "ca-central-1": "abd" };
  return [...(letters[region] ?? "abc")].map((letter) => `${region}${letter}`);
}

/** Zones for a new stack: the usual ones, or where letters differ the ids of zones that EKS takes. */
export function newZones(region: string): string[] {
  const ids: Record<string, string> = { "us-east-1": "124", "us-west-1": "13" };
  return usualZones(region) ?? [...(ids[region] ?? "")].map((number) => `${regionCode(region)}-az${number}`);
}

export const zone = () => text(parseZone);
