import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { repository } from "../lib/paths";

const options: grpc.ChannelOptions = {
  // The official plugins allow 400 MB: a stack's state can be large.
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

/** How serious a line in Pulumi's display is. A `status` line is shown beside its resource and then forgotten. */
export type Severity = "debug" | "status" | "info" | "warning" | "error";

/** What a plugin says to the engine: lines for Pulumi's display, in order. */
export type EngineLog = (severity: Severity, message: string, urn?: string) => void;

/**
 * Serves one Pulumi plugin: binds a loopback port, prints it on stdout as the engine expects, and ends when the
 * engine has gone, even if it was killed.
 * @param register adds the plugin's gRPC services
 */
export async function servePlugin(
  register: (server: grpc.Server, log: EngineLog, engine: string) => void,
): Promise<void> {
  // Before the engine's address come flags such as -logtostderr and -v=9.
  const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const server = new grpc.Server(options);
  register(server, engine ? engineLog(engine) : () => {}, engine ?? "");
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  endWithParent();
  process.stdout.write(`${port}\n`);
}

/** A log that sends its lines one after the other, so that they are shown in the order in which they were said. */
export function engineLog(address: string): EngineLog {
  const client = new EngineClient(address, grpc.credentials.createInsecure(), options);
  const severities = {
    debug: LogSeverity.DEBUG,
    status: LogSeverity.INFO,
    info: LogSeverity.INFO,
    warning: LogSeverity.WARNING,
    error: LogSeverity.ERROR,
  };
  let last: Promise<void> = Promise.resolve();
  return (severity, message, urn = "") => {
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(severity === "status");
    // A log line that cannot be delivered must not fail the operation it speaks about.
    last = last.then(() => new Promise((resolve) => client.log(request, () => resolve())));
  };
}

/** Answers `GetPluginInfo`. */
export function pluginInfo(version: string): PluginInfo {
  const info = new PluginInfo();
  info.setVersion(version);
  return info;
}

/**
 * The version of an installed npm package, whose schema the local plugin follows, with `+local` as build metadata:
 * the engine then finds it new enough and a reader sees that it is not the official plugin.
 */
export function localVersion(npmPackage: string): string {
  const file = join(repository, "node_modules", npmPackage, "package.json");
  const version = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : "0.0.0";
  return `${version}+local`;
}

/** A plugin whose engine was killed would stay forever: look for a new parent every two seconds. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 2000).unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
}
