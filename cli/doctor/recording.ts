import { z } from "zod";
import type { Answer, GoogleAnswer, RecordType, Served, World } from "../../components/clouds/shared/doctor/model";
import type { LocalPorts } from "../../engine/stack/localNodes";

const schema = z.object({
  recordedAt: z.iso.datetime(),
  calls: z.record(z.string(), z.unknown()),
});

/** What was asked and answered in one run of the doctor. */
export type Recording = z.infer<typeof schema>;

/** @throws ZodError when the value is no recording */
export function parseRecording(value: unknown): Recording {
  return schema.parse(value);
}

/** Passes every question on to another world and keeps what it answers. */
export class RecordingWorld implements World {
  private readonly calls: Record<string, unknown> = {};

  constructor(private readonly world: World) {}

  get now(): Date {
    return this.world.now;
  }

  /** Sorted by question, so that two recordings can be compared. An unknown answer is null. */
  recording(): Recording {
    const sorted = Object.entries(this.calls).sort(([a], [b]) => (a < b ? -1 : 1));
    return { recordedAt: this.now.toISOString(), calls: Object.fromEntries(sorted) };
  }

  run(program: string, ...args: readonly string[]): Promise<Answer> {
    return this.keep(commandKey(program, args), this.world.run(program, ...args));
  }

  google(method: "GET" | "POST", url: string, body?: unknown): Promise<GoogleAnswer | undefined> {
    return this.keep(googleKey(method, url, body), this.world.google(method, url, body));
  }

  resolve(name: string, type: RecordType): Promise<readonly string[] | undefined> {
    return this.keep(`dns ${type} ${name}`, this.world.resolve(name, type));
  }

  certificate(host: string, port: number): Promise<Served | undefined> {
    return this.keep(`tls ${host}:${port}`, this.world.certificate(host, port));
  }

  addresses(): Promise<readonly string[]> {
    return this.keep("addresses", this.world.addresses());
  }

  publicAddress(): Promise<string | undefined> {
    return this.keep("public address", this.world.publicAddress());
  }

  connects(host: string, port: number): Promise<boolean> {
    return this.keep(`tcp ${host}:${port}`, this.world.connects(host, port));
  }

  machine(ports: LocalPorts): ReturnType<World["machine"]> {
    return this.keep("machine", this.world.machine(ports));
  }

  private async keep<T>(key: string, answer: Promise<T>): Promise<T> {
    const value = await answer;
    this.calls[key] = value ?? null;
    return value;
  }
}

/** Answers as a recording says; what was not asked then is answered as if nobody were there. */
export class RecordedWorld implements World {
  readonly now: Date;

  constructor(private readonly recording: Recording) {
    this.now = new Date(recording.recordedAt);
  }

  async run(program: string, ...args: readonly string[]): Promise<Answer> {
    const key = commandKey(program, args);
    const known = this.recording.calls[key] as Answer | undefined;
    return known ?? { exitCode: 1, stdout: "", stderr: `the recording has no answer to: ${key}` };
  }

  async google(method: "GET" | "POST", url: string, body?: unknown): Promise<GoogleAnswer | undefined> {
    return (this.recording.calls[googleKey(method, url, body)] as GoogleAnswer | undefined) ?? undefined;
  }

  async resolve(name: string, type: RecordType): Promise<readonly string[] | undefined> {
    return (this.recording.calls[`dns ${type} ${name}`] as readonly string[] | undefined) ?? undefined;
  }

  async certificate(host: string, port: number): Promise<Served | undefined> {
    return (this.recording.calls[`tls ${host}:${port}`] as Served | undefined) ?? undefined;
  }

  async addresses(): Promise<readonly string[]> {
    return (this.recording.calls.addresses as readonly string[] | undefined) ?? [];
  }

  async publicAddress(): Promise<string | undefined> {
    return (this.recording.calls["public address"] as string | undefined) ?? undefined;
  }

  async connects(host: string, port: number): Promise<boolean> {
    return this.recording.calls[`tcp ${host}:${port}`] === true;
  }

  async machine(): ReturnType<World["machine"]> {
    return (this.recording.calls.machine as Awaited<ReturnType<World["machine"]>> | undefined) ?? [];
  }
}

/** A question to Google as the key of a recording. */
export function googleKey(method: string, url: string, body?: unknown): string {
  return ["google", method, url, ...(body === undefined ? [] : [JSON.stringify(body)])].join(" ");
}

/** A command line as the key of a recording. */
export function commandKey(program: string, args: readonly string[]): string {
  return [program, ...args].join(" ");
}
