import { certManager } from "../../components/calendar/certManager";
import { isNewer, lineOf, newestOf } from "../../components/calendar/order";
import { complaint } from "../../components/clouds/shared/doctor/ask";
import { fromTable, newerLines, type Programs, type VersionFact } from "../../components/clouds/shared/versions";

/** A Helm chart that a stack installs. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

/** Charts among resources: what names a chart in a repository. */
export function chartsIn(resources: readonly { readonly inputs?: unknown }[]): Chart[] {
  return resources.flatMap(({ inputs }) => {
    const { chart, version, repositoryOpts } = (inputs ?? {}) as Record<string, unknown>;
    const repository = (repositoryOpts as { repo?: unknown } | undefined)?.repo;
    if (typeof chart !== "string" || typeof version !== "string" || typeof repository !== "string") return [];
    return [{ name: chart, version, repository }];
  });
}

/** Charts against their repositories, which `helm` asks. */
export function chartFacts(charts: readonly Chart[], world: Programs): Promise<VersionFact[]> {
  return Promise.all(
    charts.map(async ({ name, version, repository }): Promise<VersionFact> => {
      const line = lineOf(version, 2) ?? version;
      const table = name === "cert-manager" ? certManager : undefined;
      const known = table ? fromTable(table, line, world.now) : { sources: [], notes: [] };
      const answer = await world.run("helm", "show", "chart", name, "--repo", repository);
      const [, latest] = answer.exitCode === 0 ? (/^version: *["']?([^\s"']+)/m.exec(answer.stdout) ?? []) : [];
      const latestLine = latest && lineOf(latest, 2);
      const next = latestLine ?? (table && newestOf(newerLines(table, line, world.now)));
      const missing = latest
        ? []
        : [`the newest charts: ${complaint("helm", answer)}; helm show chart ${name} --repo ${repository} tells it`];
      return {
        ...{ ...known, what: `chart ${name}`, now: version, setting: "a newer release of this program" },
        ...(latest && latestLine === line && { newest: latest }),
        ...(next && isNewer(next, line) && { next }),
        sources: [...(latest ? ["helm"] : []), ...known.sources],
        notes: [...known.notes, ...missing],
      };
    }),
  );
}
