import type { TextStyle } from "../../../lib/terminal";
import { neutral } from "../../logs/format";
import { backlogRows } from "./backlog";
import { backupRow } from "./backups";
import { diskRows } from "./disks";
import type { AddressFacts, CertificateFacts, Facts } from "./facts";
import { managedBackupRows, managedBackupsJson } from "./managedBackups";
import type { TierStatus } from "./tierStatus";
import { daysUntil, type Severity, type Status } from "./verdict";

/** A status with what was asked for it. */
export interface Told {
  readonly facts: Facts;
  readonly status: Status;
}

const colours: Readonly<Record<Severity | "good", number>> = { down: 31, degraded: 33, warning: 33, good: 32 };
const marks: Readonly<Record<Severity, string>> = { down: "✗", degraded: "!", warning: "·" };

/** The status for a person: the verdict, what is wrong, then everything else, one line each. */
export function statusLines({ facts, status }: Told, style: Pick<TextStyle, "colours">): string[] {
  const paint = (text: string, code: number) => (style.colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  const worst = status.problems[0]?.severity;
  const colour = colours[status.healthy ? "good" : (worst ?? "down")];
  return [
    paint(neutral(status.line), colour),
    ...status.problems.map(
      ({ severity, subject, what }) =>
        `  ${paint(marks[severity], colours[severity])} ${neutral(`${subject} ${what}`)}`,
    ),
    "",
    ...table(status.tiers.map((tier) => tierRow(tier, facts))),
    "",
    ...table([
      ...backlogRows(facts.backlogs),
      ...backupRow(facts, (time) => ago(time, facts.at)),
      ...managedBackupRows(facts, (time) => ago(time, facts.at)),
      ...status.jobs.map(({ what, state, at }) => [what, state, ago(at, facts.at)]),
      ...status.schedules.map(({ name, schedule, lastRun, failed, running }) => [
        name,
        failed ? "failed" : running ? "running" : "waits",
        lastRun ? `last run ${ago(lastRun, facts.at)}` : `has not run yet (${schedule})`,
      ]),
    ]),
    "",
    ...table([
      ...facts.addresses.map(addressRow),
      ...facts.certificates.map((certificate) => certificateRow(certificate, facts.at)),
      ...diskRows(facts.disks),
      ...bucketRows(facts),
      ...nodeRow(facts),
      ...updateRow(facts),
      ...endsRow(facts),
    ]),
  ].map((line) => line.trimEnd());
}

function tierRow(tier: TierStatus, { at, addresses }: Facts): string[] {
  if (tier.kind === "managed") {
    const seen = addresses.flatMap(({ dependencies }) =>
      dependencies?.[tier.tier] ? [dependencies[tier.tier]!] : [],
    )[0];
    return [tier.tier, seen ? (seen.up ? "reached" : "not reached") : "unknown", tier.version, tier.name];
  }
  if (!tier.present) return [tier.name, "missing", "", ""];
  const times = tier.restarts === 1 ? "once" : `${tier.restarts} times`;
  const last = tier.pods
    .flatMap(({ lastRestart }) => lastRestart ?? [])
    .sort(byTime)
    .at(-1);
  const restarted =
    tier.restarts === 0 ? "" : `restarted ${times}${last ? `, last ${ago(last.at, at)}: ${last.why}` : ""}`;
  const rollout = tier.rollout === "complete" ? "" : `rollout ${tier.rollout} (${tier.updated} of ${tier.desired} new)`;
  return [
    tier.name,
    `${tier.ready} of ${tier.desired} ready`,
    tier.version,
    [rollout, restarted].filter(Boolean).join("; "),
  ];
}

/** Status asks no bucket anything: the rows say where an app's objects are. */
function bucketRows({ state }: Facts): string[][] {
  return "unknown" in state ? [] : (state.buckets ?? []).map(({ product, name }) => ["bucket", name, product]);
}

function byTime(a: { readonly at?: string }, b: { readonly at?: string }): number {
  return (a.at ?? "").localeCompare(b.at ?? "");
}

function addressRow({ name, url, ms, problem }: AddressFacts): string[] {
  return [name, url, problem ?? `answers (${ms} ms)`];
}

function certificateRow({ host, issuer, validTo, problem }: CertificateFacts, at: string): string[] {
  const days = daysUntil(validTo, at);
  const dates = validTo ? `until ${validTo.slice(0, 10)} (${days} days), by ${issuer ?? "nobody"}` : "";
  return ["certificate", host, [problem, dates].filter(Boolean).join("; ")];
}

function nodeRow({ nodes }: Facts): string[][] {
  if (!nodes) return [];
  const ready = nodes.filter(({ status }) =>
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  const versions = [...new Set(nodes.flatMap(({ status }) => status?.nodeInfo?.kubeletVersion ?? []))].join(", ");
  return [["nodes", `${ready.length} of ${nodes.length} ready`, versions && `Kubernetes ${versions}`]];
}

function updateRow({ state, at }: Facts): string[][] {
  if ("unknown" in state) return [["last change", "unknown", state.unknown]];
  if (!state.lastUpdate) return [["last change", "none", `${state.resources} resources`]];
  const { kind, result, at: ended, changes } = state.lastUpdate;
  const changed = Object.entries(changes).filter(([what]) => what !== "same");
  const words = changed.map(([what, count]) => `${count} ${what}`).join(", ") || "nothing changed";
  return [["last change", `${kind} ${result} ${ago(ended, at)}`, `${words}; ${state.resources} resources`]];
}

/** One line, and only where something is near its end. */
function endsRow({ ends, stack }: Facts): string[][] {
  return ends ? [["versions", `npx switchboard versions ${stack}`, ends]] : [];
}

/** `3 min ago`; the time itself where it is not known how long ago. */
function ago(time: string | undefined, at: string): string {
  if (!time) return "";
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(time)) / 1000));
  if (Number.isNaN(seconds)) return time;
  if (seconds < 90) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

/** Rows with columns as wide as they need; the last one has no end. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.min(44, Math.max(0, ...rows.map((row) => (row[column] ?? "").length))));
  return rows.map((row) => `  ${row.map((cell, column) => neutral(cell).padEnd(widths[column] ?? 0)).join("  ")}`);
}

/** The status for a script. The shape is kept: what is added later is new keys. */
export function statusJson({ facts, status }: Told): object {
  const { state } = facts;
  return {
    stack: facts.stack,
    at: facts.at,
    healthy: status.healthy,
    verdict: status.line,
    problems: status.problems,
    tiers: status.tiers,
    jobs: status.jobs,
    schedules: status.schedules,
    backlog: facts.backlogs[0] ?? null,
    backlogs: facts.backlogs,
    managedBackups: managedBackupsJson(facts),
    disks: facts.disks ?? null,
    ends: facts.ends ?? null,
    addresses: facts.addresses,
    certificates: facts.certificates.map((certificate) => ({
      ...certificate,
      daysLeft: daysUntil(certificate.validTo, facts.at) ?? null,
    })),
    nodes: (facts.nodes ?? []).map(({ metadata, spec, status }) => ({
      name: metadata.name,
      ready: status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
      cordoned: spec?.unschedulable === true,
      version: status?.nodeInfo?.kubeletVersion ?? null,
    })),
    state:
      "unknown" in state
        ? { known: false, reason: state.unknown }
        : {
            ...{ known: true, resources: state.resources, pending: state.pending },
            ...{ lock: state.lock ?? null, lastUpdate: state.lastUpdate ?? null },
          },
  };
}
