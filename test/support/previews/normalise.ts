/**
 * All that is different when the same preview is made again, and what stands for it in a recording:
 *
 * - the folders of the run and of the repository, the version of Node.js;
 * - the id of the default provider that the engine makes up for what has none in the state;
 * - how long it took, and when a resource of the state was made;
 * - the order of steps, diagnostics and dependencies, which depends on who answers first: by URN, steps of one URN as
 *   they came;
 * - the warning that a plugin comes from the PATH, which a run that fails early may not come to;
 * - how far a preview that broke off had come with what stays the same: those steps are left out and not counted;
 * - tags and names that are made of the sources of the apps, which other changes would change as well.
 */
export function normalised(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  folder: string,
  repository: string,
): { readonly report: unknown; readonly stderr: string } {
  const steady = (text: string) =>
    text
      .replaceAll(folder, "/tmp/preview")
      // A folder that only begins with its name is another one.
      .replace(new RegExp(`${repository.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g"), "/repository")
      .replace(/Node\.js v[\d.]+/g, "Node.js v20")
      .replace(/::default::[0-9a-f]{8}-[0-9a-f-]{27}/g, "::default::00000000-0000-4000-8000-000000000000")
      .replace(/src-[0-9a-f]{12}/g, "src-0123456789ab")
      .replace(/^warning: using pulumi-language-nodejs from \$PATH .*\n/gm, "");
  return { stderr: steady(stderr).trim(), report: reportOf(steadyNames(steady(stdout))) };
}

/** Ten hex digits that the name of a job's run ends with: `b…` of the run that is to be, `a…` of the one before it. */
function steadyNames(text: string): string {
  const made = new Set(
    [...text.matchAll(/"newState": \{\s*"urn": "[^"]*::[\w-]*?-([0-9a-f]{10})\b/g)].map(([, hash]) => hash),
  );
  return text.replace(/((?:migrate|roles|retire)-)([0-9a-f]{10})(?![0-9a-f])/g, (_, name: string, hash: string) => {
    return `${name}${made.has(hash) ? "b" : "a"}000000000`;
  });
}

function reportOf(text: string): unknown {
  let report: any;
  try {
    report = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof report.duration === "number") report.duration = 2_000_000_000;
  for (const { oldState, newState } of report.steps ?? []) {
    for (const state of [oldState, newState]) {
      for (const key of ["created", "modified"]) if (state?.[key]) state[key] = "2026-01-01T00:00:00Z";
      state?.dependencies?.sort(compare);
      for (const list of Object.values<any>(state?.propertyDependencies ?? {})) list?.sort(compare);
    }
  }
  if (brokeOff(report)) {
    const isRoot = ({ urn }: any) => urn.includes("::pulumi:pulumi:Stack::");
    report.steps = report.steps?.filter((step: any) => isRoot(step) || !["same", "read"].includes(step.op));
    for (const op of ["same", "read"]) delete report.changeSummary?.[op];
  }
  report.steps?.sort((a: any, b: any) => compare(a.urn, b.urn));
  const key = ({ severity = "", urn = "", message = "" }: any) => `${severity} ${urn} ${message}`;
  report.diagnostics?.sort((a: any, b: any) => compare(key(a), key(b)));
  return report;
}

/** A policy that fails a preview, and changes where none were expected, are told when everything was looked at. */
function brokeOff({ diagnostics = [] }: any): boolean {
  const errors = diagnostics.filter(({ severity }: any) => severity === "error");
  return errors.some(({ message }: any) => !/^error: (preview failed$|no changes were expected)/m.test(message));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A recording without the lines of the program, which any edit of a file above them moves. */
export function withoutLines(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLines);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "sourcePosition" && key !== "stackTrace");
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutLines(entry)]));
}
