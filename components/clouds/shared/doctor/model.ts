/** Ports of this machine on which the local nodes are reached. */
export interface MachinePorts {
  readonly https: number;
  readonly http: number;
}

/** What was found: good, worth knowing, in the way of an `up`, or not to be found out. */
export type Status = "ok" | "advice" | "failed" | "unknown";

/** One thing that was looked at. */
export interface Finding {
  readonly status: Status;
  /** What was found, with the thing and its value. */
  readonly what: string;
  /** What to do about it; there is one for everything that is not `ok`. */
  readonly todo?: string;
  /**
   * Whether what `failed` is a fact that an API or this machine has told: an `up` cannot succeed, and a first one is
   * stopped by it. Anything that may be over by then, or that is known from a calendar only, is none.
   */
  readonly certain?: true;
  /** By what name a person goes on in spite of it (`up --despite`). @default the area of its check */
  readonly name?: string;
}

/** The findings of one check. */
export interface Checked {
  /** What was looked into, for a person: `quotas`. */
  readonly area: string;
  readonly findings: readonly Finding[];
}

/** Of a stack, what the checks of a cloud look at. */
export interface CloudSubject {
  readonly target: { readonly stack: string };
  readonly settings: {
    readonly cluster: { readonly kind: string };
    readonly postgres?: { readonly kind: string } | undefined;
    readonly redis?: { readonly kind: string } | undefined;
    readonly apps?: Readonly<Record<string, { readonly buckets: Readonly<Record<string, unknown>> }>> | undefined;
    readonly edge: { readonly replicas: number };
  };
  /** Name of the cluster that the stack makes in a cloud, and of what belongs to it. */
  readonly clusterName: string;
  /** Whether nothing of the stack is there, as its state says. @default false, also where nobody has looked */
  readonly first?: boolean;
}

/** Looks into one area. Whatever it asks of the world goes through `world`, so that it can be recorded. */
export interface Check<Subject = CloudSubject> {
  readonly area: string;
  /** Whether it means anything for this stack. */
  readonly applies: (subject: Subject) => boolean;
  readonly run: (subject: Subject, world: World) => Promise<readonly Finding[]>;
}

/** What a command answered. */
export interface Answer {
  /** Undefined when there is no such program. */
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A certificate as a server shows it. */
export interface Served {
  readonly subject: string;
  readonly issuer: string;
  /** ISO time. */
  readonly validTo: string;
  readonly names: readonly string[];
  /** Whether this machine's authorities vouch for it. */
  readonly trusted: boolean;
}

/** What an API of Google answered. */
export interface GoogleAnswer {
  /** Of HTTP; 0 where nobody could be asked. */
  readonly status: number;
  /** With status 0 the reason. */
  readonly body: unknown;
}

/** Kinds of DNS records that are asked for. */
export type RecordType = "A" | "NS" | "CAA" | "CNAME";

/** Everything that the doctor asks. */
export interface World {
  readonly now: Date;
  /** Runs a program with arguments, never through a shell. */
  run(program: string, ...args: readonly string[]): Promise<Answer>;
  /**
   * Asks an API of Google as whom its provider asks, which is not whom `gcloud` asks as: the application-default
   * credentials. Undefined where there are none. The token is in no answer.
   */
  google(method: "GET" | "POST", url: string, body?: unknown): Promise<GoogleAnswer | undefined>;
  /** Texts of records; empty for none of that kind, undefined when no server answered. */
  resolve(name: string, type: RecordType): Promise<readonly string[] | undefined>;
  /** Undefined when nobody answers, or not with TLS. */
  certificate(host: string, port: number): Promise<Served | undefined>;
  /** Addresses of this machine's own interfaces, without loopback. */
  addresses(): Promise<readonly string[]>;
  /** The address that the internet sees; undefined where nobody says it, or where a proxy stands between. */
  publicAddress(): Promise<string | undefined>;
  /** Whether a TCP connection comes about. */
  connects(host: string, port: number): Promise<boolean>;
  /** What keeps the local nodes from running on this machine. */
  machine(ports: MachinePorts): Promise<readonly { readonly what: string; readonly todo: string }[]>;
}

export const ok = (what: string): Finding => ({ status: "ok", what });
export const advice = (what: string, todo: string): Finding => ({ status: "advice", what, todo });
export const failed = (what: string, todo: string): Finding => ({ status: "failed", what, todo });
/**
 * What stops a first `up`.
 * @param name lower-case words with dots, the same whatever the values are: `api.reach`
 * @param what the setting's key, its value, and what is allowed
 */
export const certain = (name: string, what: string, todo: string): Finding => ({
  ...failed(what, todo),
  ...{ certain: true, name },
});
export const unclear = (what: string, todo: string): Finding => ({ status: "unknown", what, todo });
