/** One line of `pulumi up --json`, as far as it is used here. */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly message: string;
    readonly severity: string;
    /** Shown only while it happens, for example what a resource waits for. */
    readonly ephemeral?: boolean;
  };
  readonly summaryEvent?: {
    readonly durationSeconds: number;
    readonly resourceChanges?: Readonly<Record<string, number>>;
  };
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

/** How far an update is, made from the engine's events one by one. */
export class UpdateProgress {
  private readonly underWay = new Map<string, string>();
  private done = 0;
  private doneWithChange = 0;
  private waitingFor = "";
  private readonly said: string[] = [];
  /** What changed, by kind (`create`, `update` …); undefined until the engine has said so. */
  changes?: Readonly<Record<string, number>>;

  /** Errors, with the resource that each is about. */
  get errors(): readonly string[] {
    const causes = this.said.filter((error) => !hungUp.test(error));
    return causes.length > 0 ? causes : this.said;
  }

  /**
   * Takes one event in.
   * @returns a line for the log, or undefined when there is nothing to say. Debug messages are never passed on: they
   * hold secrets in clear.
   */
  take(event: EngineEvent): string | undefined {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent } = event;
    if (resourcePreEvent) {
      const { op, urn } = resourcePreEvent.metadata;
      if (op === "same") return undefined;
      this.underWay.set(urn, verbs[op] ?? op);
      return `${verbs[op] ?? op} ${shortName(urn)}`;
    }
    if (resOutputsEvent) {
      const { op, urn } = resOutputsEvent.metadata;
      this.underWay.delete(urn);
      this.done++;
      if (op === "same") return undefined;
      this.doneWithChange++;
      return `done: ${shortName(urn)}`;
    }
    if (resOpFailedEvent) {
      this.underWay.delete(resOpFailedEvent.metadata.urn);
      return `failed: ${shortName(resOpFailedEvent.metadata.urn)}`;
    }
    if (summaryEvent) {
      this.changes = summaryEvent.resourceChanges ?? {};
      return `ended after ${summaryEvent.durationSeconds} s: ${JSON.stringify(this.changes)}`;
    }
    return diagnosticEvent ? this.diagnose(diagnosticEvent) : undefined;
  }

  /** How far it is, in one line. */
  line(): string {
    const count = `${this.done} resources done${this.doneWithChange > 0 ? `, ${this.doneWithChange} of them changed` : ""}`;
    // A component only waits for its children.
    const names = [...this.underWay].filter(([urn]) => !isComponent(urn)).map(([urn]) => shortName(urn));
    const shown = names.slice(-3).join(", ");
    const rest = names.length > 3 ? ` and ${names.length - 3} more` : "";
    const waiting = this.waitingFor && ` (${this.waitingFor})`;
    return names.length > 0 ? `${count}; now ${shown}${rest}${waiting}` : count;
  }

  private diagnose({ urn, message, severity, ephemeral }: NonNullable<EngineEvent["diagnosticEvent"]>) {
    if (severity === "debug") return undefined;
    const text = message.trim();
    if (ephemeral || severity === "status") {
      this.waitingFor = text.split("\n")[0]!.slice(0, 100);
      return text && `${urn ? `${shortName(urn)}: ` : ""}${text}`;
    }
    // The stack's own failure only repeats that a resource failed.
    if (severity === "error" && text !== "update failed") this.said.push(urn ? `${shortName(urn)}: ${text}` : text);
    return text && `${severity}: ${urn ? `${shortName(urn)}: ` : ""}${text}`;
  }
}

/** What the program says after a resource has failed and the engine takes no further ones. */
const hungUp = /Channel has been shut down/;

const verbs: Readonly<Record<string, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating the replacement of",
  "delete-replaced": "deleting the replaced",
  read: "reading",
  refresh: "refreshing",
};

/** Kind and name from a URN: `Deployment panel`. */
export function shortName(urn: string): string {
  const [, , types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  const kind = types.split("$").pop()!.split(":").pop()!.split("/").pop()!;
  return `${kind} ${name.join("::")}`;
}

function isComponent(urn: string): boolean {
  const type = urn.split("::")[2]?.split("$").pop() ?? "";
  return type.startsWith("switchboard:") || type.startsWith("pulumi:pulumi:");
}

/** A lock that another update holds, from the CLI's message. */
export interface StackLock {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** The locks that a CLI's error names: `… created by root@box (pid 123) at 2026-11-21T00:00:00Z`. */
export function locksIn(text: string): StackLock[] {
  return [...text.matchAll(/created by \S*@(\S+) \(pid (\d+)\) at (\S+)/g)].map(([, host, pid, since]) => ({
    host: host!,
    pid: Number(pid),
    since: since!,
  }));
}
