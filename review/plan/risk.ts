import { factsOf } from "../../components/facts";
import { isLoadBalancer } from "../../components/kubernetes/facts/service";
import { kindOf, type Resource } from "../../engine/resources/resource";
import { openings, titleOf } from "./exposure";
import type { Operation, PropertyChange, Risk } from "./model";
import { compareRisks, greatest } from "./ranks";
import { weakened } from "./safeguards";
import { watched } from "./shrinking";
import { runs, statefulOf } from "./stateful";
import { waysOut } from "./waysOut";

/** A change as far as its risk depends on it. */
export interface Assessed {
  readonly operation: Operation;
  readonly before?: Resource;
  readonly after?: Resource;
  readonly properties: readonly PropertyChange[];
  readonly forcedBy: readonly string[];
  /** The old one goes before the new one is there. */
  readonly deletedFirst: boolean;
  /** An earlier update did half of the replacement. */
  readonly pending: boolean;
  /** It is replaced because another one is. */
  readonly along: boolean;
  /** The engine was told to replace it. */
  readonly asked: boolean;
  /** Another resource of this preview takes its place, as the next run of a migration does. */
  readonly succeeded: boolean;
  /** The component that it stands in goes as a whole. */
  readonly withComponent: boolean;
  /** What may talk to the pods of its namespace is forbidden unless a policy allows it, afterwards too. */
  readonly deniedByDefault: boolean;
}

/** How much a change can hurt, and why. */
export interface Assessment {
  readonly risk: Risk;
  /** The gravest first. */
  readonly reasons: readonly string[];
}

interface Reason {
  readonly risk: "danger" | "caution";
  readonly text: string;
}

/** What a change can do to data, to people who use the product and to those who must not reach it. */
export function assess(change: Assessed): Assessment {
  const { operation, before, after } = change;
  if (operation === "same" || operation === "read") return { risk: "none", reasons: [] };
  const reasons = reasonsOf(change).sort((a, b) => compareRisks(a.risk, b.risk));
  const component = (after ?? before)?.custom === false;
  const least: Risk = component && reasons.length === 0 && operation !== "update" ? "none" : "safe";
  return {
    risk: greatest([least, ...reasons.map(({ risk }) => risk)]),
    reasons: [...new Set(reasons.map(({ text }) => text))],
  };
}

function reasonsOf(change: Assessed): Reason[] {
  const { operation, before, after } = change;
  switch (operation) {
    case "delete":
      return before ? lossOf(change, before, "is deleted") : [];
    case "replace":
      return [
        ...(before ? lossOf(change, before, `is replaced${because(change)}`) : []),
        ...(before && after ? inPlace(change, before, after) : exposure(before, after)),
      ];
    case "update":
      return before && after ? inPlace(change, before, after) : exposure(before, after);
    case "create":
    case "import":
      return after ? [...exposure(before, after), ...powers(before, after)] : [];
    case "forget": {
      const gone = before ?? after;
      return gone ? [caution(`${titleOf(gone)} stays where it is, but this stack no longer looks after it.`)] : [];
    }
    case "refresh":
      return found(before, after);
    default:
      return [];
  }
}

/** What is lost with something that is deleted or replaced. */
function lossOf(change: Assessed, old: Resource, fate: string): Reason[] {
  const { operation, deletedFirst, succeeded, withComponent, deniedByDefault } = change;
  const guard = old.protect && operation === "delete" ? " It is protected, so the update refuses." : "";
  const stateful = statefulOf(old.type);
  if (stateful?.succeeded && operation === "replace" && !deletedFirst && !change.along) {
    return [caution(`${titleOf(old)} (${stateful.noun}) ${fate}: ${stateful.succeeded}.`)];
  }
  if (stateful)
    return [
      danger(`${titleOf(old)} (${stateful.noun}) ${fate}: ${stateful.loss}.${guard}`),
      ...claimsStay(change, old),
    ];
  if (isLoadBalancer(old)) {
    return [danger(`${titleOf(old)} ${fate}: its load balancer goes, and with it an address that nothing else keeps.`)];
  }
  if (/^pulumi:providers:/.test(old.type)) {
    return operation === "replace"
      ? [caution(`${titleOf(old)} ${fate}: what was made through it is looked at anew.`)]
      : [];
  }
  const kind = kindOf(old.type);
  if (operation === "delete" && kind === "NetworkPolicy") {
    // Where everything is forbidden that is not allowed, one rule less lets in nobody.
    if (deniedByDefault && !deniesByDefault(old)) return [];
    const text = `${titleOf(old)} ${fate}: what it kept apart may talk, unless another policy forbids it.`;
    return [deniesByDefault(old) ? danger(text) : caution(text)];
  }
  const missed = factsOf(old.type)?.missed;
  if (operation === "delete" && missed !== undefined && !withComponent && !succeeded) {
    return [caution(`${titleOf(old)} ${fate}: ${missed}.`)];
  }
  // The next run's Job and what belongs to it take over; a new ConfigMap stands beside the old one until pods have moved.
  if (!runs(old.type) || succeeded || isRenewed(operation, old, deletedFirst)) return [];
  const again = operation === "replace" && kind === "Job" ? " It runs once more." : "";
  const gap =
    operation === "replace" && deletedFirst && !again ? " The old one goes before the new one is there." : again;
  return [
    caution(`${titleOf(old)} ${fate}${operation === "delete" ? ", and nothing takes its place" : ""}.${gap}${guard}`),
  ];
}

/** A policy for every pod of its namespace that allows nobody in. */
export function deniesByDefault({ type, inputs }: Resource): boolean {
  if (kindOf(type) !== "NetworkPolicy") return false;
  const { podSelector = {}, ingress } = inputs?.spec ?? {};
  return Object.keys(podSelector ?? {}).length === 0 && (!Array.isArray(ingress) || ingress.length === 0);
}

/** Replaced beside the old one under a name of its own, as each change of a Secret's content is. */
function isRenewed(operation: Operation, old: Resource, deletedFirst: boolean): boolean {
  return operation === "replace" && !deletedFirst && factsOf(old.type)?.renewed === true;
}

/** A StatefulSet that is made anew takes its old claims as they are: their size is a patch of their own. */
function claimsStay({ operation, forcedBy }: Assessed, old: Resource): Reason[] {
  if (operation !== "replace" || !forcedBy.some((path) => path.startsWith("spec.volumeClaimTemplates"))) return [];
  return [
    danger(`The volumes of ${titleOf(old)} keep their size and class: nothing is gained, so set the setting back.`),
  ];
}

function because({ forcedBy, properties, asked, along, pending }: Assessed): string {
  if (pending) return " because an earlier update deleted it and ended before it made the new one";
  if (along) return " because what it belongs to is replaced";
  if (forcedBy.length === 0) return asked ? " because that was asked for" : "";
  const told = forcedBy.slice(0, 3).map((path) => {
    const property = properties.find((entry) => entry.path === path);
    const values = property ? [short(property.before), short(property.after)] : [];
    return values.every((value) => value !== undefined) && values.length === 2
      ? `${path} (${values[0]} → ${values[1]})`
      : path;
  });
  const more = forcedBy.length > 3 ? ` and ${forcedBy.length - 3} more` : "";
  return ` because ${told.join(", ")}${more} cannot be changed in place`;
}

/** A value that fits into a sentence. */
function short(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.length <= 60 && !/[\r\n]/.test(value) ? value : undefined;
}

function inPlace(change: Assessed, before: Resource, after: Resource): Reason[] {
  const guards = weakened(before, after).map(({ path, risk, before: from, after: to, loss }) => ({
    risk,
    text: `${titleOf(after)}: ${path} goes from ${text(from)} to ${text(to)}: ${loss}.`,
  }));
  const told = watched(before, after).map(({ risk, what }) => ({ risk, text: `${titleOf(after)}: ${what}.` }));
  const reasons = [...exposure(before, after), ...guards, ...told, ...powers(before, after)];
  if (change.operation !== "update" || reasons.length > 0) return reasons;
  const stateful = statefulOf(after.type);
  const meant = change.properties.filter(({ path }) => !isDescription(path)).map(({ path }) => path);
  if (meant.length > 0 && (after.protect || (stateful && !stateful.unshaken))) {
    const noun = stateful ? ` (${stateful.noun})` : "";
    return [
      caution(
        `${titleOf(after)}${noun}${after.protect ? " is protected and" : ""} is changed in place: ${list(meant)}.`,
      ),
    ];
  }
  if (meant.length > 0 && kindOf(after.type) === "CustomResourceDefinition") {
    return [caution(`${titleOf(after)} is changed for every object of its kind in the cluster.`)];
  }
  return reasons;
}

/** Labels and the like tell people something and change nothing. */
function isDescription(path: string): boolean {
  return /^(metadata\.(labels|annotations)|tags(All)?|labels|userLabels|resourceLabels|effectiveLabels|pulumiLabels|description|displayName|settings\.userLabels)\b/.test(
    path,
  );
}

/** What is open to everybody now and was not before. */
function exposure(before: Resource | undefined, after: Resource | undefined): Reason[] {
  if (!after) return [];
  const known = new Set(openings(before).map(({ path, what }) => `${path} ${what}`));
  const ways = new Set(waysOut(before));
  return [
    ...openings(after)
      .filter(({ path, what }) => !known.has(`${path} ${what}`))
      .map(({ path, what }) => danger(`${titleOf(after)} is opened to everybody by ${path}: ${what}.`)),
    ...waysOut(after)
      .filter((way) => !ways.has(way))
      .map((way) => caution(`${titleOf(after)} opens a way out: ${way}.`)),
  ];
}

/** Roles that may do everything, and pods that may do everything to their node. */
function powers(before: Resource | undefined, after: Resource): Reason[] {
  const had = new Set(before ? powersOf(before) : []);
  return powersOf(after)
    .filter((power) => !had.has(power))
    .map((power) => caution(`${titleOf(after)}: ${power}.`));
}

function powersOf({ type, inputs }: Resource): string[] {
  const found: string[] = [];
  const role = String(inputs?.role ?? inputs?.policyArn ?? inputs?.roleRef?.name ?? "");
  if (
    /^(roles\/(owner|editor)|arn:aws[\w-]*:iam::aws:policy\/(AdministratorAccess|PowerUserAccess)|arn:aws[\w-]*:eks::aws:cluster-access-policy\/AmazonEKS(Cluster)?AdminPolicy|cluster-admin)$/.test(
      role,
    )
  ) {
    const who = inputs?.member ?? inputs?.principalArn ?? "whoever it names";
    found.push(`${who} may do everything (${role})`);
  }
  const spec =
    inputs?.spec?.jobTemplate?.spec?.template?.spec ??
    inputs?.spec?.template?.spec ??
    (/:Pod$/.test(type) ? inputs?.spec : undefined);
  if (!spec) return found;
  for (const key of ["hostNetwork", "hostPID", "hostIPC"])
    if (spec[key] === true) found.push(`its pods share ${key} with their node`);
  const containers = [spec.containers, spec.initContainers].flatMap((entries) =>
    Array.isArray(entries) ? entries : [],
  );
  if (containers.some((entry) => entry?.securityContext?.privileged === true))
    found.push("a container of it is privileged");
  const volumes: unknown[] = Array.isArray(spec.volumes) ? spec.volumes : [];
  if (volumes.some((volume) => (volume as { hostPath?: unknown } | null)?.hostPath))
    found.push("its pods see files of their node");
  return found;
}

/** What a refresh found: somebody or something else changed it. */
function found(before: Resource | undefined, after: Resource | undefined): Reason[] {
  const known = before ?? after;
  if (!known) return [];
  if (!after) {
    if (deniesByDefault(known)) return [danger(`${titleOf(known)} is gone: what it kept apart may talk.`)];
    const stateful = statefulOf(known.type);
    const loss = stateful ? ` (${stateful.noun}) is gone: ${stateful.loss}` : " is gone";
    const text = `${titleOf(known)}${loss}. Nobody asked this stack to delete it.`;
    return [stateful ? danger(text) : caution(text)];
  }
  if (!before) return [];
  const weaker = weakened(before, after).map(({ risk, path, before: from, after: to, loss }) => ({
    risk,
    text: `${titleOf(after)}: somebody changed ${path} from ${text(from)} to ${text(to)}: ${loss}.`,
  }));
  const watchedNow = watched(before, after).map(({ risk, what }) => ({ risk, text: `${titleOf(after)}: ${what}.` }));
  const reasons = [...exposure(before, after), ...weaker, ...watchedNow];
  return reasons.length > 0 ? reasons : [caution(`${titleOf(after)} is not as this stack left it.`)];
}

function text(value: unknown): string {
  return value === undefined ? "unset" : (short(value) ?? "another value");
}

function list(paths: readonly string[]): string {
  const shown = [...new Set(paths)].slice(0, 3).join(", ");
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

function danger(text: string): Reason {
  return { risk: "danger", text };
}

function caution(text: string): Reason {
  return { risk: "caution", text };
}
