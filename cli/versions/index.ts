import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cloudOf } from "../../components/clouds";
import type { CloudSubject } from "../../components/clouds/shared/doctor/model";
import { noPrograms, type Programs, type RunningServers } from "../../components/clouds/shared/versions";
import { namedImages } from "../../components/schema/values/image";
import { repository } from "../../lib/paths";
import { basesOf } from "../images/bases";
import { type Chart, chartFacts } from "./charts";
import { clusterFacts, type ServerVersions } from "./cluster";
import { imageFacts, type NamedReference, type TagsOf } from "./images";
import { judged, nearEnds, type VersionRow } from "./judge";
import { toolFacts } from "./tools";

/** Where versions are looked for, beside the settings. */
export interface VersionSources {
  readonly world: Programs;
  readonly servers: RunningServers;
  readonly charts: readonly Chart[];
  /** Of a cluster that is there already; undefined where a cloud makes it. */
  readonly cluster?: ServerVersions | { readonly problem: string } | undefined;
  readonly tagsOf: TagsOf;
  /** Whether the stack goes to the local nodes. */
  readonly local: boolean;
}

/** Every version of a stack: what runs, what is newer, and how long it is supported. */
export async function versionsOf(subject: CloudSubject, sources: VersionSources): Promise<VersionRow[]> {
  const { world, servers, charts, cluster, tagsOf, local } = sources;
  const doctor = cloudOf("cluster", subject.settings.cluster.kind)?.doctor();
  const found = await Promise.all([
    cluster ? clusterFacts(cluster, world.now) : [],
    doctor ? doctor.versions(subject, world, servers) : [],
    chartFacts(charts, world),
    imageFacts(referencesOf(subject), tagsOf, world.now),
    toolFacts(world, local),
  ]);
  return found.flat().map((fact) => judged(fact, world.now));
}

/**
 * What of a stack is near its end or past it, in one line, by settings and tables alone: nothing is asked.
 * @param leaveOut what somebody else tells already
 */
export async function endsOf(subject: CloudSubject, now: Date, leaveOut = /^$/): Promise<string | undefined> {
  const world = noPrograms(now);
  const doctor = cloudOf("cluster", subject.settings.cluster.kind)?.doctor();
  const found = await Promise.all([
    doctor ? doctor.versions(subject, world, {}) : [],
    imageFacts(referencesOf(subject), undefined, now),
  ]);
  return nearEnds(
    found
      .flat()
      .filter(({ what }) => !leaveOut.test(what))
      .map((fact) => judged(fact, now)),
  );
}

/** Images that the settings name, and those that the Dockerfiles of the stack's own images build on. */
function referencesOf({ settings }: CloudSubject): NamedReference[] {
  return namedImages(settings).flatMap(({ path, image }) =>
    image.source === undefined ? [{ where: path.join("."), reference: image.reference }] : basesIn(image.source),
  );
}

function basesIn(source: string): NamedReference[] {
  const where = `${source}/Dockerfile`;
  try {
    return basesOf(readFileSync(join(repository, where), "utf8")).map((reference) => ({ where, reference }));
  } catch {
    // The doctor and an up say that it is not there.
    return [];
  }
}
