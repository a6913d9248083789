import { serverOfClaim } from "../../components/data/servers/names";
import { UserError } from "../../lib/userError";
import type { Kubectl } from "../cluster/kubectl";

/** What a job of two servers has found. */
export interface Verdict {
  readonly message: "comparison" | "rehearsal" | "copy";
  /** How long a copy took. */
  readonly seconds?: number;
  readonly compared: {
    readonly different: number;
    /** Of a comparison and a copy, at most 50. */
    readonly differences?: readonly string[];
    /** Of a rehearsal, at most 20. */
    readonly problems?: readonly string[];
    readonly tables: number;
    readonly rowsHere?: number;
    readonly rowsThere?: number;
    readonly rows?: number;
  };
}

/** The one line of JSON that such a job prints at its end. @throws UserError where there is none */
export function verdictIn(log: string): Verdict {
  const line = log.split("\n").find((one) => /^\{"message":"(comparison|rehearsal|copy)"/.test(one));
  if (line) return JSON.parse(line) as Verdict;
  throw new UserError(`the job has not said what it found: ${log.trim().slice(-300)}`, "read its log");
}

/** The same for a person. */
export function verdictLines({ message, seconds, compared }: Verdict): string[] {
  const { different, differences = [], problems = [], tables, rowsHere, rowsThere, rows } = compared;
  const size = rowsHere === undefined ? `${rows} rows` : `${rowsHere} rows, where the apps' server has ${rowsThere}`;
  const took = seconds === undefined ? "" : ` It was copied in ${seconds} s.`;
  const listed = [...differences, ...problems].map((line) => `  ${line}`);
  const more = different - listed.length;
  if (different === 0) return [`The second server has ${tables} tables with ${size}, and does not differ.${took}`];
  return [
    `The second server has ${tables} tables with ${size}. ${different} differ${different === 1 ? "s" : ""} (${message === "comparison" ? "there is the server that the apps use" : "from its source"}):`,
    ...listed,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(took ? [took.trim()] : []),
  ];
}

/** Numbers of servers whose volumes are there. */
export async function usedNumbers(kubectl: Kubectl): Promise<number[]> {
  const claims = await kubectl.list<{ metadata: { name: string } }>("persistentvolumeclaims");
  return claims.flatMap(({ metadata }) => serverOfClaim(metadata.name) ?? []);
}

/** What the job of two servers says that ran last. */
export async function lastVerdict(kubectl: Kubectl, purpose: "compare" | "copy"): Promise<Verdict> {
  const selector = `--selector=app.kubernetes.io/name=postgres,app.kubernetes.io/component=${purpose}`;
  return verdictIn(await kubectl.text(["logs", selector, "--tail=-1", `--container=${purpose}`]));
}
