import { ApiError, type Client, type KubeObject, UnreachableError } from "./client";
import { type Kind, pathOf } from "./discovery";
import { containersInTrouble, podProblems, type Related, relatedNeeds, type Verdict, verdictOn } from "./verdicts";

/** How waiting ended. */
export interface Outcome {
  /** The object as it was seen last; undefined when it is gone. */
  readonly live: KubeObject | undefined;
  /** Why it is not in working order; empty when it is. */
  readonly problems: readonly string[];
}

export interface AwaitOptions {
  /** Seconds to wait at most. */
  readonly timeout: number;
  /** Ends the wait: the person pressed Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called whenever there is something new to say. */
  readonly progress: (message: string) => void;
}

/** Lines of a container's log that an error shows. */
const logLines = 20;

/** Waits until an object is in working order, will not come to it any more, or the time is over. */
export async function awaitReady(
  client: Client,
  kind: Kind,
  object: KubeObject,
  options: AwaitOptions,
): Promise<Outcome> {
  const { name, namespace } = object.metadata ?? {};
  let live = object;
  let related: Related = {};
  let verdict: Verdict = { state: "waiting", message: "" };
  const say = speaker(options.progress);
  const end = await poll(options, async () => {
    const seen = await find(client, pathOf(kind, namespace, name));
    if (!seen) {
      verdict = { state: "failed", message: "it was deleted while it was waited for" };
      return true;
    }
    live = seen;
    related = await relatedTo(client, live);
    verdict = verdictOn(live, related);
    if (verdict.state === "waiting") say([verdict.message, ...troubles(related).slice(0, 1)].join("; "));
    return verdict.state !== "waiting";
  });
  if (verdict.state === "ready") {
    say("ready", "last");
    return { live, problems: [] };
  }
  const why = {
    done: verdict.message,
    timeout: `not ready within ${options.timeout} s: ${verdict.message}`,
    aborted: `interrupted while it was waited for: ${verdict.message}`,
  }[end];
  if (end === "aborted") return { live, problems: [why] };
  const warnings = await warningsAbout(client, live, related);
  const known = [why, ...troubles(related)];
  const news = warnings.filter(({ message }) => !known.some((text) => text.includes(message)));
  const logs = await logsOf(client, related.pods ?? []);
  return { live, problems: [...known, ...news.map(({ text }) => text), ...logs] };
}

/**
 * Waits until the object with this uid is gone.
 * @returns what holds it back, or nothing
 */
export async function awaitGone(
  client: Client,
  kind: Kind,
  object: KubeObject,
  options: AwaitOptions,
): Promise<string | undefined> {
  const { name, namespace, uid } = object.metadata ?? {};
  let live: KubeObject | undefined = object;
  const say = speaker(options.progress);
  const end = await poll(options, async () => {
    live = await find(client, pathOf(kind, namespace, name));
    if (!live || (uid && live.metadata?.uid !== uid)) return true;
    say(`waiting until it is gone${holdups(live)}`);
    return false;
  });
  if (end === "done") {
    say("gone", "last");
    return undefined;
  }
  return end === "aborted"
    ? "interrupted while it was deleted; the API server continues to delete it"
    : `not gone within ${options.timeout} s${live ? holdups(live) : ""}`;
}

/** Calls `look` at growing intervals until it says true. */
async function poll(
  { timeout, signal }: AwaitOptions,
  look: () => Promise<boolean>,
): Promise<"done" | "timeout" | "aborted"> {
  const deadline = Date.now() + timeout * 1000;
  for (let pause = 200; ; pause = Math.min(pause * 1.5, 1500)) {
    try {
      if (await look()) return "done";
    } catch (error) {
      // An API server that restarts meanwhile is no reason to give up before the time is over.
      if (!(error instanceof UnreachableError) || signal.aborted || Date.now() >= deadline) throw error;
    }
    if (signal.aborted) return "aborted";
    if (Date.now() >= deadline) return "timeout";
    await sleep(Math.min(pause, Math.max(deadline - Date.now(), 0)), signal);
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}

/** Says each message once, until another one came between; the last word only where something was said before. */
function speaker(progress: (message: string) => void): (message: string, last?: "last") => void {
  let before = "";
  return (message, last) => {
    if (message !== before && (before || !last)) progress(message);
    before = message;
  };
}

async function find(client: Client, path: string): Promise<KubeObject | undefined> {
  try {
    return await client.json({ method: "GET", path });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function relatedTo(client: Client, live: KubeObject): Promise<Related> {
  const needs = relatedNeeds(live);
  const namespace = `/namespaces/${live.metadata?.namespace}`;
  if (needs.includes("pods")) {
    if (live.kind === "Pod") return { pods: [live] };
    const labels = (live.spec?.selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels ?? {};
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    if (!labelSelector) return {};
    const pods = await list(client, `/api/v1${namespace}/pods`, { labelSelector });
    // The elements of a list name no kind.
    return { pods: pods.map((pod) => ({ ...pod, kind: "Pod" })) };
  }
  if (needs.includes("endpointSlices")) {
    const labelSelector = `kubernetes.io/service-name=${live.metadata?.name}`;
    return {
      endpointSlices: await list(client, `/apis/discovery.k8s.io/v1${namespace}/endpointslices`, { labelSelector }),
    };
  }
  const storageClass = live.spec?.storageClassName;
  if (!needs.includes("storageClass") || !storageClass) return {};
  return { storageClass: await find(client, `/apis/storage.k8s.io/v1/storageclasses/${storageClass}`) };
}

async function list(client: Client, path: string, query: Record<string, string>): Promise<KubeObject[]> {
  try {
    return (await client.json<{ items: KubeObject[] }>({ method: "GET", path, query })).items;
  } catch (error) {
    // Credentials that may manage an object but not list pods: the verdict then comes without the details.
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}

/** What the pods complain about, the newest pods first: those are of the version that is being rolled out. */
function troubles({ pods = [] }: Related): string[] {
  return newestFirst(pods).flatMap((pod) => podProblems(pod).map((problem) => `pod ${pod.metadata?.name}: ${problem}`));
}

/** What controllers and kubelets have complained about: the object itself, and new pods whose log cannot tell. */
async function warningsAbout(client: Client, live: KubeObject, { pods = [] }: Related) {
  const silent = newestFirst(pods).filter(
    (pod) => verdictOn(pod).state !== "ready" && containersInTrouble(pod).length === 0,
  );
  const warnings: { text: string; message: string }[] = [];
  for (const { kind, metadata } of live.kind === "Pod" ? [live] : [live, ...silent.slice(0, 2)]) {
    if (!metadata?.namespace) continue;
    const fieldSelector = `involvedObject.uid=${metadata.uid},type=Warning`;
    const events = (await list(client, `/api/v1/namespaces/${metadata.namespace}/events`, {
      fieldSelector,
    })) as Event[];
    const latest = events.sort((a, b) => String(a.lastTimestamp).localeCompare(String(b.lastTimestamp))).slice(-2);
    for (const { reason, message = "" } of latest) {
      warnings.push({ message, text: `${String(kind).toLowerCase()} ${metadata.name}: ${reason}: ${message}` });
    }
  }
  return warnings;
}

interface Event extends KubeObject {
  reason?: string;
  message?: string;
  lastTimestamp?: string;
}

/** The end of the logs of containers in trouble, of at most two pods. */
async function logsOf(client: Client, pods: readonly KubeObject[]): Promise<string[]> {
  const logs: string[] = [];
  for (const pod of newestFirst(pods)
    .filter((candidate) => containersInTrouble(candidate).length > 0)
    .slice(0, 2)) {
    const { name, namespace } = pod.metadata ?? {};
    for (const { name: container, previous } of containersInTrouble(pod)) {
      const query: Record<string, string> = {
        container,
        tailLines: String(logLines),
        ...(previous ? { previous: "true" } : {}),
      };
      try {
        const text = await client.text({
          method: "GET",
          path: `/api/v1/namespaces/${namespace}/pods/${name}/log`,
          query,
        });
        if (text.trim()) logs.push(`last lines of pod ${name}, container ${container}:\n${text.trimEnd()}`);
      } catch (error) {
        logs.push(`the log of pod ${name}, container ${container} cannot be read: ${(error as Error).message}`);
      }
    }
  }
  return logs;
}

function newestFirst(pods: readonly KubeObject[]): KubeObject[] {
  const createdAt = (pod: KubeObject) => String(pod.metadata?.creationTimestamp ?? "");
  return [...pods].sort((a, b) => createdAt(b).localeCompare(createdAt(a)));
}

/** Finalizers, and what a namespace's own conditions say is left in it. */
function holdups({ kind, metadata, status }: KubeObject): string {
  const conditions = ((kind === "Namespace" && status?.conditions) || []) as { status: string; message?: string }[];
  const messages = conditions
    .filter((condition) => condition.status === "True" && condition.message)
    .map(({ message }) => message);
  const finalizers = metadata?.finalizers?.length ? [`finalizers: ${metadata.finalizers.join(", ")}`] : [];
  const all = metadata?.deletionTimestamp ? [...finalizers, ...messages] : [];
  return all.length > 0 ? ` (${all.join("; ")})` : "";
}
