import { kindOf, type SourceLine } from "../../engine/resources/resource";
import type { Change } from "../plan/model";
import { clean, code, link, prose, wellFormed } from "./escape";
import type { PullRequestReport } from "./model";

/** Where a line of code is seen at the commit; undefined where there is no repository to look in. */
function addressOf({ file, line }: SourceLine, report: PullRequestReport): string | undefined {
  const { repository, commit } = report;
  const number = Number(line);
  if (!repository || !Number.isSafeInteger(number) || number < 1) return undefined;
  // No path of a file of ours: it leads elsewhere, or hides something.
  if (/(^|\/)\.\.?(\/|$)/.test(file) || clean(file) !== file) return undefined;
  const path = wellFormed(file).split("/").map(encodeURIComponent).join("/");
  const sha = encodeURIComponent(wellFormed(commit.sha));
  const url = repository.url.replace(/\/+$/, "");
  if (repository.form === "azure") return `${url}?path=/${path}&version=GC${sha}&line=${number}&lineEnd=${number + 1}`;
  return `${url}/${repository.form === "gitlab" ? "-/" : ""}blob/${sha}/${path}#L${number}`;
}

/** A change's name, linked to the line that makes it. */
export function nameOf(change: Change, report: PullRequestReport): string {
  const text = code(change.name, 80);
  return change.source ? link(text, addressOf(change.source, report)) : text;
}

/** `components/data/postgres.ts:42`, linked. */
export function lineOf(source: SourceLine, report: PullRequestReport): string {
  return link(code(`${source.file}:${Number(source.line)}`, 120, "start"), addressOf(source, report));
}

/** `StatefulSet` of `kubernetes:apps/v1:StatefulSet`. */
export function kind(type: string): string {
  return prose(kindOf(type), 60);
}

/** What a reason says after the kind and the name that it begins with; undefined where it begins otherwise. */
export function afterTitle(reason: string, { type, name }: Change): string | undefined {
  const title = `${kindOf(type)} ${name}`;
  return reason.startsWith(title) ? reason.slice(title.length) : undefined;
}
