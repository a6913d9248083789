import { Resolver } from "node:dns/promises";
import { setMaxListeners } from "node:events";
import { isIP, connect as open } from "node:net";
import { networkInterfaces } from "node:os";
import { connect } from "node:tls";
import { execa } from "execa";
import type { Answer, GoogleAnswer, RecordType, Served, World } from "../../components/clouds/shared/doctor/model";
import type { LocalPorts } from "../../engine/stack/localNodes";
import { askGoogle } from "./googleApi";

/** Longest that a program may take, in seconds: cloud CLIs start slowly and page through lists. */
const patience = 60;
/** Longest that a name server or a TLS server may take, in milliseconds. */
const networkPatience = 5000;

/** AWS's own answer to "which address do I come from", as its guides use it for security groups. */
const addressService = "https://checkip.amazonaws.com";

/** The world as it is now. */
export class LiveWorld implements World {
  readonly now = new Date();
  private readonly resolver = new Resolver({ timeout: networkPatience, tries: 2 });

  constructor(
    private readonly signal: AbortSignal,
    private readonly environment: Readonly<Record<string, string>> = {},
    /** Why there is no way to the stack's cluster; kubectl is then not asked, which would ask another one. */
    private readonly noWay?: string,
  ) {
    // Every program that runs listens to it, and they run side by side.
    setMaxListeners(0, signal);
  }

  async run(program: string, ...args: readonly string[]): Promise<Answer> {
    if (this.noWay !== undefined && program === "kubectl" && args[0] === "--context")
      return { exitCode: 1, stdout: "", stderr: this.noWay };
    const { exitCode, stdout, stderr, cause, timedOut } = await execa(program, args, {
      ...{ reject: false, stdin: "ignore", timeout: patience * 1000, cancelSignal: this.signal },
      // No pager, no colours, no question: nobody is there.
      env: { ...this.environment, AWS_PAGER: "", CLOUDSDK_CORE_DISABLE_PROMPTS: "1", NO_COLOR: "1" },
    });
    const failure = cause as NodeJS.ErrnoException | undefined;
    if (failure?.code === "ENOENT") return { stdout: "", stderr: "" };
    const late = timedOut ? `no answer within ${patience} s` : "";
    return { exitCode: exitCode ?? 1, stdout: stdout ?? "", stderr: stderr || late || failure?.message || "" };
  }

  google(method: "GET" | "POST", url: string, body?: unknown): Promise<GoogleAnswer | undefined> {
    return askGoogle(method, url, body, { signal: this.signal, patience: patience * 1000 });
  }

  async resolve(name: string, type: RecordType): Promise<readonly string[] | undefined> {
    try {
      if (type === "CAA") return (await this.resolver.resolveCaa(name)).map(caaText).sort();
      const found =
        type === "A" ? this.resolver.resolve4(name) : type === "NS" ? this.resolver.resolveNs(name) : undefined;
      return [...(await (found ?? this.resolver.resolveCname(name)))].map((text) => text.toLowerCase()).sort();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "ENODATA" || code === "ENOTFOUND" ? [] : undefined;
    }
  }

  certificate(host: string, port: number): Promise<Served | undefined> {
    return new Promise((found) => {
      const socket = connect({
        ...{ host, port, timeout: networkPatience, rejectUnauthorized: false },
        ...(isIP(host) ? {} : { servername: host }),
      });
      const end = (served?: Served) => {
        socket.destroy();
        found(served);
      };
      socket.on("error", () => end());
      socket.on("timeout", () => end());
      socket.on("secureConnect", () => {
        const { subject, issuer, valid_to, subjectaltname = "" } = socket.getPeerCertificate();
        if (!valid_to) return end();
        end({
          ...{ subject: one(subject?.CN), issuer: one(issuer?.O ?? issuer?.CN), trusted: socket.authorized },
          validTo: new Date(valid_to).toISOString(),
          names: subjectaltname.split(", ").flatMap((name) => (name.startsWith("DNS:") ? [name.slice(4)] : [])),
        });
      });
    });
  }

  async addresses(): Promise<readonly string[]> {
    return Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => address)
      .sort();
  }

  async publicAddress(): Promise<string | undefined> {
    // Through a proxy others see the proxy's address, and which one a cluster would see is not for us to know.
    if (["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].some((name) => process.env[name])) return undefined;
    try {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(networkPatience)]);
      const text = (await (await fetch(addressService, { signal })).text()).trim();
      return isIP(text) ? text : undefined;
    } catch {
      this.signal.throwIfAborted();
      return undefined;
    }
  }

  connects(host: string, port: number): Promise<boolean> {
    return new Promise((found) => {
      const socket = open({ host, port, timeout: networkPatience });
      const end = (answers: boolean) => {
        socket.destroy();
        found(answers);
      };
      socket.on("connect", () => end(true));
      socket.on("error", () => end(false));
      socket.on("timeout", () => end(false));
    });
  }

  async machine(ports: LocalPorts) {
    const { machineProblems } = await import("../../sandbox/nodes/preflight");
    return machineProblems(ports);
  }
}

function one(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(", ") : (value ?? "");
}

/** `0 issue "letsencrypt.org"`, as zone files have it. */
function caaText({ critical, ...record }: { critical: number }): string {
  const tag = Object.keys(record).find((key) => key !== "type") ?? "";
  return `${critical} ${tag} "${(record as Record<string, unknown>)[tag]}"`;
}
