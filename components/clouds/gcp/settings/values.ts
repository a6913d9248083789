import { Problem, show, text } from "../../../schema/fields";
import { nearest } from "../../../schema/nearest";

/** Parts of the world and of them that regions of Google Cloud are named after (https://cloud.google.com/compute/docs/regions-zones). */
const regionForm =
  /^(africa|asia|australia|europe|me|northamerica|southamerica|us)-(north|south|east|west|central|northeast|northwest|southeast|southwest)[1-9]\d?$/;
const zoneForm = /^(.+\d)-[a-z]$/;
/** `eu-west-1`: AWS has a second hyphen and writes Europe, Asia and the Americas short. */
const amazonRegionForm = /^(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov)?-[a-z]+-\d$/;

/** Regions to guess from when a name is nearly one; any other name of the right form is taken as it is. */
const knownRegions = [
  "africa-south1",
  "asia-east1",
  "asia-northeast1",
  "asia-south1",
  "asia-southeast1",
  "australia-southeast1",
  "europe-north1",
  "europe-southwest1",
  "europe-west1",
  "europe-west2",
  "europe-west3",
  "europe-west4",
  "europe-west6",
  "europe-west8",
  "europe-west9",
  "me-central1",
  "me-west1",
  "northamerica-northeast1",
  "southamerica-east1",
  "us-central1",
  "us-east1",
  "us-east4",
  "us-south1",
  "us-west1",
  "us-west2",
];

/**
 * The id of a project: 6 to 30 characters
 * (https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin).
 */
function parseProjectId(value: string): string {
  if (/^\d+$/.test(value)) {
    throw new Problem(
      `${show(value)} is a project's number; give its id here, and the number in projectNumber (gcloud projects list shows both)`,
    );
  }
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(value)) return value;
  throw new Problem(
    `${show(value)} is not the id of a project; use 6 to 30 lower-case letters, digits and "-", with a letter first and no "-" at the end (gcloud projects list)`,
  );
}

/** The number of a project, as text. */
function parseProjectNumber(value: string): string {
  if (/^[1-9]\d{5,18}$/.test(value)) return value;
  throw new Problem(
    `${show(value)} is not the number of a project; use the digits that this shows: gcloud projects describe <project> --format='value(projectNumber)'`,
  );
}

/** A region of Google Cloud, never a zone. */
export function parseGoogleRegion(value: string): string {
  if (regionForm.test(value)) return value;
  const region = zoneForm.exec(value)?.[1];
  if (region && regionForm.test(region)) {
    throw new Problem(`${show(value)} is a zone; use its region ${show(region)}, and zones for the nodes`);
  }
  if (amazonRegionForm.test(value)) {
    throw new Problem(`${show(value)} is a region of AWS; use one of Google Cloud, e.g. "europe-west1"`);
  }
  const near = nearest(value, knownRegions);
  throw new Problem(
    `${show(value)} is not a region of Google Cloud; ${near ? `did you mean ${show(near)}?` : 'use e.g. "europe-west1" (gcloud compute regions list)'}`,
  );
}

/** A zone of Google Cloud, e.g. `europe-west1-b`. */
function parseGoogleZone(value: string): string {
  const region = zoneForm.exec(value)?.[1];
  if (region && regionForm.test(region)) return value;
  if (regionForm.test(value))
    throw new Problem(`${show(value)} is a region; name its zones, e.g. ${show(`${value}-b`)}`);
  throw new Problem(
    `${show(value)} is not a zone of Google Cloud; use e.g. "europe-west1-b" (gcloud compute zones list)`,
  );
}

/** `n2-standard-4`, `e2-custom-4-8192`, `c3-standard-8-lssd`, `e2-medium`. */
const machineForm =
  /^([a-z]\d+[a-z]?)-(micro|small|medium|(standard|highmem|highcpu|megamem|ultramem|hypermem|highgpu|megagpu|edgegpu|ultragpu|metal)-\d+[a-z]*(-[a-z]+)*|custom-\d+-\d+(-ext)?)$/;
/** Machines with the processors of Arm (https://cloud.google.com/compute/docs/instances/arm-on-compute; a4x is Grace). */
export const armSeries = ["t2a", "c4a", "n4a", "a4x"];
/** Machines that take Hyperdisks and no Persistent Disks (https://cloud.google.com/compute/docs/disks/hyperdisks). */
const hyperdiskSeries = ["c4", "c4a", "c4d", "n4", "n4a", "n4d", "h4d", "m4", "x4", "a4", "a4x"];

/** The series of a machine type: `n2` of `n2-standard-4`. */
const seriesOf = (machineType: string) => machineType.split("-")[0]!;

/** A machine type of Compute Engine that the nodes of the platform can be. */
export function parseMachineType(value: string): string {
  const example = 'use e.g. "e2-standard-4"';
  if (/^[a-z0-9-]+\.[a-z0-9-]+$/.test(value)) throw new Problem(`${show(value)} is a type of AWS; ${example}`);
  if (/^Standard_/.test(value)) throw new Problem(`${show(value)} is a type of Azure; ${example}`);
  const series = seriesOf(value);
  if (!machineForm.test(value)) {
    throw new Problem(`${show(value)} is not a machine type; ${example} (gcloud compute machine-types list)`);
  }
  if (/-micro$/.test(value) || /^[fg]1-/.test(value)) {
    throw new Problem(`${show(value)} has too little memory for the cluster's own pods; use "e2-medium" or larger`);
  }
  // https://cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment: the nodes are tainted
  // with kubernetes.io/arch=arm64:NoSchedule, which nothing of the platform tolerates.
  if (armSeries.includes(series)) {
    throw new Problem(
      `${show(value)} is an Arm machine, on which GKE lets no pod that does not ask for it; ${example}`,
    );
  }
  return value;
}

/** Whether volumes of the classes that GKE brings (`standard-rwo`, `premium-rwo`: Persistent Disks) can be on such a node. */
export function takesPersistentDisks(machineType: string): boolean {
  return !hyperdiskSeries.includes(seriesOf(machineType));
}

/** The disk of the node itself: balanced, in the generation that the machine takes. */
export function bootDiskType(machineType: string): "pd-balanced" | "hyperdisk-balanced" {
  return takesPersistentDisks(machineType) ? "pd-balanced" : "hyperdisk-balanced";
}

/** The name of a Cloud DNS zone (https://cloud.google.com/dns/docs/zones): not its domain. */
function parseZoneName(value: string): string {
  if (/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) return value;
  const todo = "use the zone's name, not its domain (gcloud dns managed-zones list)";
  throw new Problem(`${show(value)} is not the name of a Cloud DNS zone; ${todo}`);
}

/** A day, or a moment in UTC: `2026-12-20` or `2026-12-20T06:00:00Z`; given back as the latter. */
function parseMoment(value: string): string {
  const full = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(full) ? new Date(full) : undefined;
  // A day that the month does not have rolls over into the next one.
  if (time && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(full.slice(0, 19))) return full;
  throw new Problem(`${show(value)} is not a day or a moment in UTC; use e.g. "2026-12-20" or "2026-12-20T06:00:00Z"`);
}

export const projectId = () => text(parseProjectId);
export const projectNumber = () => text(parseProjectNumber);
export const googleRegion = () => text(parseGoogleRegion);
export const googleZone = () => text(parseGoogleZone);
export const machineType = () => text(parseMachineType);
export const zoneName = () => text(parseZoneName);
export const moment = () => text(parseMoment);
