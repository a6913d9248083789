import { daysUntil, planningDays, supportIn } from "../../../components/calendar/model";
import { postgres } from "../../../components/calendar/postgres";
import { cloudOf } from "../../../components/clouds";
import { advice, type Finding, failed, ok, unclear } from "../../../components/clouds/shared/doctor/model";
import { endsOf } from "../../versions";
import type { Check, Subject } from "../subject";

/** Kubernetes against its provider's calendar, Postgres against that of its project, and in one line what else ends soon. */
export const versions: Check = {
  area: "versions",
  applies: () => true,
  async run(subject, world) {
    const doctor = cloudOf("cluster", subject.settings.cluster.kind)?.doctor();
    const kubernetes = doctor ? await doctor.kubernetesVersion(subject, world) : [];
    // Of these two more is said than that they end.
    const ends = await endsOf(subject, world.now, /^(Kubernetes|Postgres)/);
    const { stack } = subject.target;
    return [
      ...kubernetes,
      ...postgresOf(subject, world.now),
      ...(ends ? [advice(ends, `see what is newer: npx switchboard versions ${stack}`)] : []),
    ];
  },
};

/** The major version of Postgres: a setting for managed kinds, in the image's tag otherwise. */
function postgresOf({ settings }: Subject, now: Date): Finding[] {
  const { postgres: data } = settings;
  // The image of a server that somebody else runs is that of a client.
  if (!data || data.kind === "external") return [];
  const tag = "image" in data ? /:(\d+)[.-]/.exec(`${data.image.reference}-`)?.[1] : undefined;
  const major = "version" in data && typeof data.version === "string" ? data.version.split(".")[0] : tag;
  const key = "version" in data ? "postgres.version" : "postgres.image";
  if (!major)
    return [unclear(`${key}: which major version of Postgres it holds is not in its name`, "name it by a tag")];
  const support = supportIn(postgres, major, now);
  if (!support?.until)
    return [unclear(`${key}: the end of Postgres ${major} is not known here`, "see postgresql.org/support/versioning")];
  const days = daysUntil(support.until, now);
  const what = `${key}: Postgres ${major}`;
  const todo = "plan a new major version: data move with it, so it is a project of its own (docs/production.md)";
  if (days < 0) return [failed(`${what} has had no fixes since ${support.until}`, todo)];
  if (days < planningDays) return [advice(`${what} has fixes until ${support.until}, ${days} days from now`, todo)];
  return [ok(`${what} has fixes until ${support.until}`)];
}
